// Why a round ended that nobody ended, and the way to the questions that were not reached.
import { Info } from "lucide-react";
import { recallEnding, type KeptEnding } from "../../live/ending";
import { ButtonLink } from "../../ui/button";
import { toSearch } from "../home/choice";

const WORDS: Record<KeptEnding["ending"], string> = {
  restart: "The server was restarted in the middle of your round.",
  away: "The connection was away for longer than a minute, so the round ended by itself.",
  server: "The server ended this round.",
};

export function EndingNote({ session }: { session: string }) {
  const kept = recallEnding(session);
  if (!kept) return null;
  const { ending, open } = kept;
  return (
    <div
      role="status"
      data-testid="ending"
      data-ending={ending}
      className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-2xl bg-caution-soft px-5 py-4"
    >
      <Info size={20} aria-hidden="true" className="shrink-0 text-caution" />
      <p className="min-w-0 flex-1 basis-72">
        <span className="font-medium">{WORDS[ending]}</span>{" "}
        <span className="text-ink-2">
          What you said until then is safe and gets its report.
          {open.length === 1 && " One question was not reached."}
          {open.length > 1 && ` ${open.length} questions were not reached.`}
        </span>
      </p>
      {open.length > 0 && (
        <ButtonLink to={`/check?${toSearch(open)}`}>
          {open.length === 1 ? "Answer it now" : "Answer them now"}
        </ButtonLink>
      )}
    </div>
  );
}
