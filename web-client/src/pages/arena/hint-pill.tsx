// The hint beside the lens, for its four seconds, and the way to say that it did not help.
import { ThumbsDown } from "lucide-react";
import { useEffect, useState } from "react";
import { arrive, hush, NO_HINTS, tick, type Hint } from "../../live/hints";

interface Props {
  hint: Hint | null;
  onNotHelpful: (hint: Hint) => void;
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

export function HintPill({ hint, onNotHelpful }: Props) {
  const shown = useShown(hint);
  const [refused, setRefused] = useState<string | null>(null);
  const noted = shown !== null && refused === key(shown);
  useEffect(() => {
    if (!shown || noted) return;
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
      setRefused(key(shown));
      onNotHelpful(shown);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [shown, noted, onNotHelpful]);
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
          </p>
        )}
      </div>
      {shown && (
        <button
          type="button"
          data-testid="not-helpful"
          disabled={noted}
          aria-label={noted ? "Noted: this hint did not help" : `Not helpful: ${shown.text}`}
          title="Not helpful (X)"
          onClick={() => {
            setRefused(key(shown));
            onNotHelpful(shown);
          }}
          className={`grid size-11 shrink-0 place-items-center rounded-full text-white/70 hover:bg-white/15 hover:text-white ${noted ? "bg-white/20 text-white" : ""}`}
        >
          <ThumbsDown size={17} fill={noted ? "currentColor" : "none"} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
