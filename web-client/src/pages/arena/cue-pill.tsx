// One pill low in the middle: the cue, for its four seconds.
import { useEffect, useState } from "react";
import { arrive, hush, NO_CUES, tick, type Cue } from "../../live/cues";

export function CuePill({ cue }: { cue: Cue | null }) {
  const [state, setState] = useState(NO_CUES);
  useEffect(() => {
    setState((before) => (cue ? arrive(before, cue, performance.now()) : hush()));
  }, [cue]);
  const until = state.shown?.until;
  useEffect(() => {
    if (until === undefined) return;
    const timer = setTimeout(
      () => setState((before) => tick(before, performance.now())),
      Math.max(0, until - performance.now()) + 1,
    );
    return () => clearTimeout(timer);
  }, [until]);
  const shown = state.shown?.cue;
  return (
    <div
      aria-live="polite"
      className="pointer-events-none absolute inset-x-0 bottom-32 grid justify-items-center px-6 sm:bottom-28"
    >
      {shown && (
        <p
          key={`${shown.id}-${shown.t}`}
          data-testid="cue"
          data-cue={shown.id}
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
