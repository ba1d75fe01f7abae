// One pill low in the middle: the hint, for its four seconds.
import { useEffect, useState } from "react";
import { arrive, hush, NO_HINTS, tick, type Hint } from "../../live/hints";

export function HintPill({ hint }: { hint: Hint | null }) {
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
  const shown = state.shown?.hint;
  return (
    <div
      aria-live="polite"
      className="pointer-events-none absolute inset-x-0 bottom-32 grid justify-items-center px-6 sm:bottom-28"
    >
      {shown && (
        <p
          key={`${shown.id}-${shown.t}`}
          data-testid="hint"
          data-hint={shown.id}
          className={`appear rounded-full px-7 py-3.5 text-lg font-medium shadow-lg shadow-black/30 sm:text-xl ${
            shown.positive ? "bg-[#d8f3e7] text-[#0b3b2d]" : "bg-[#fbfaf7] text-[#1d1e22]"
          }`}
        >
          {shown.text}
        </p>
      )}
    </div>
  );
}
