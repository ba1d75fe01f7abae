// One question of the history: its tries, the newest first, how they went, and the way to answer it again.
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { Session } from "../../api/types";
import { hue } from "../../ui/score";
import { ButtonLink } from "../../ui/button";
import { toSearch } from "../home/choice";
import { bestOf, type Group } from "./groups";
import { HistoryRow } from "./history-row";
import { Spark } from "./spark";

/** Rows that are shown before one asks for more. */
const FIRST = 3;

interface Props {
  group: Group;
  picked: readonly string[];
  onPick: (session: Session) => void;
}

/** Clarity over the tries, oldest first: the score that words and pace move, named beside the line. */
function Progress({ sessions }: { sessions: readonly Session[] }) {
  const values = sessions
    .map((session) => session.scores?.clarity ?? null)
    .reverse()
    .slice(-8);
  if (values.filter((x) => x !== null).length < 3) return null;
  return (
    <figure className="max-md:hidden">
      <Spark values={values} colour={hue("clarity")} width={88} height={22} />
      <figcaption className="mt-1 text-xs text-ink-2">Clarity, last {values.length}</figcaption>
    </figure>
  );
}

export function QuestionGroup({ group, picked, onPick }: Props) {
  const [all, setAll] = useState(false);
  const { sessions, title, question } = group;
  const best = bestOf(sessions);
  const shown = all ? sessions : sessions.slice(0, FIRST);
  const heading = `group-${group.id}`;
  return (
    <section
      aria-labelledby={heading}
      data-testid="history-group"
      className="overflow-hidden rounded-2xl border border-line bg-surface"
    >
      <div className="flex items-center gap-x-6 gap-y-2 border-b border-line px-4 py-3 sm:px-5">
        <div className="min-w-0 flex-1">
          <h2 id={heading} className="line-clamp-2 font-semibold">
            {title}
          </h2>
          <p className="text-sm text-ink-2">{sessions.length === 1 ? "1 try" : `${sessions.length} tries`}</p>
        </div>
        <Progress sessions={sessions} />
        {question && (
          <ButtonLink to={`/check?${toSearch([question])}`}>
            <RotateCcw size={16} aria-hidden="true" />
            Again
          </ButtonLink>
        )}
      </div>
      <ul className="divide-y divide-line">
        {shown.map((session) => (
          <HistoryRow
            key={session.id}
            session={session}
            grouped
            best={best?.id === session.id}
            picked={picked.includes(session.id)}
            onPick={() => onPick(session)}
          />
        ))}
      </ul>
      {sessions.length > shown.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="min-h-11 w-full border-t border-line px-5 text-left text-sm font-medium text-accent hover:bg-sunken/50"
        >
          Show {sessions.length - shown.length} older {sessions.length - shown.length === 1 ? "try" : "tries"}
        </button>
      )}
    </section>
  );
}
