// The hint beside the lens, for its four seconds, and the way to say that it does not help: then it is not shown again.
import { ThumbsDown } from "lucide-react";
import { useEffect, useState } from "react";
import { arrive, hush, NO_HINTS, tick, type Hint } from "../../live/hints";

interface Props {
  hint: Hint | null;
  /** The person calls the hint not helpful, or takes that back. */
  onJudge: (hint: Hint, helpful: boolean) => void;
}

const key = (hint: Hint) => `${hint.id}-${hint.t}`;

/** The hint that is on screen, each for its own time. */
function useShown(hint: Hint | null): Hint | null {
  const [state, setState] = useState(NO_HINTS);
  useEffect(() => {
    setState((before) => (hint ? arrive(before, hint, performance.now()) : hush()));
  }, [hint]);
  const until = state.shown?.until;
  useEffect(() => {
    if (until === undefined) return;
    const timer = setTimeout(
      () => setState((before) => tick(before, performance.now())),
      Math.max(0, until - performance.now()) + 1,
    );
    return () => clearTimeout(timer);
  }, [until]);
  return state.shown?.hint ?? null;
}

export function HintPill({ hint, onJudge }: Props) {
  const shown = useShown(hint);
  const [refused, setRefused] = useState<string | null>(null);
  const off = shown !== null && refused === key(shown);
  useEffect(() => {
    if (!shown) return;
    const press = (event: KeyboardEvent) => {
      // A key that is held down is one press.
      if (event.repeat || event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
      setRefused(off ? null : key(shown));
      onJudge(shown, off);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [shown, off, onJudge]);
  return (
    <div className="flex min-h-12 items-center gap-1">
      <div aria-live="polite">
        {shown && (
          <p
            key={key(shown)}
            data-testid="hint"
            data-hint={shown.id}
            className={`appear rounded-3xl px-5 py-3 text-lg font-medium leading-snug text-balance ${
              shown.positive ? "bg-[#d8f3e7] text-[#0b3b2d]" : "bg-[#fbfaf7] text-[#1d1e22]"
            }`}
          >
            {shown.text}
            {off && <span className="block text-sm font-normal">You will not see this hint again.</span>}
          </p>
        )}
      </div>
      {shown && (
        <button
          type="button"
          data-testid="not-helpful"
          aria-pressed={off}
          aria-label={off ? `Show this hint again: ${shown.text}` : `Not helpful: ${shown.text}`}
          title={off ? "Undo (X)" : "Not helpful (X)"}
          onClick={() => {
            setRefused(off ? null : key(shown));
            onJudge(shown, off);
          }}
          className={`inline-flex min-h-11 min-w-11 shrink-0 items-center justify-center gap-1.5 rounded-full px-3 text-sm hover:bg-white/15 hover:text-white ${off ? "bg-white/20 text-white" : "text-white/70"}`}
        >
          {off ? "Undo" : <ThumbsDown size={17} aria-hidden="true" />}
        </button>
      )}
    </div>
  );
}
