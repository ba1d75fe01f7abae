// The playhead as a slider: follows without re-rendering, seeks by drag and by arrow keys; marks show where something is.
import { useEffect, useRef } from "react";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";

/** A place on the slider that is worth going to. */
export interface Mark {
  t: number;
  kind: "well" | "next" | "hint" | "answer" | "comment";
}

const SHAPES: Record<Mark["kind"], { path: string; className: string }> = {
  well: { path: "M6 2 10.5 10h-9z", className: "fill-good" },
  next: { path: "M6 10 1.5 2h9z", className: "fill-caution" },
  hint: { path: "M6 1.5 10.5 6 6 10.5 1.5 6z", className: "fill-none stroke-accent" },
  comment: { path: "M1.5 2h9v6h-5l-2.5 2.5v-2.5h-1.5z", className: "fill-ink-2" },
  answer: { path: "M5.5 0h1v12h-1z", className: "fill-line-strong" },
};

interface Props {
  player: Player;
  duration: number;
  label?: string;
  marks?: readonly Mark[];
}

export function Scrubber({ player, duration, label = "Playhead", marks = [] }: Props) {
  const slider = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      player.subscribe((t) => {
        if (!slider.current) return;
        slider.current.value = String(Math.round(t));
        slider.current.setAttribute("aria-valuetext", clock(t));
      }),
    [player],
  );
  return (
    <div className="relative min-w-0 flex-1">
      <input
        ref={slider}
        type="range"
        min={0}
        max={Math.max(1, Math.round(duration))}
        step={1000}
        defaultValue={0}
        aria-label={label}
        onChange={(event) => player.seek(event.currentTarget.valueAsNumber)}
        className="block h-8 w-full accent-accent"
      />
      {marks.length > 0 && <Marks marks={marks} duration={duration} />}
    </div>
  );
}

/** Where something is, on the length of the recording. */
export function Marks({ marks, duration }: { marks: readonly Mark[]; duration: number }) {
  return (
    // The thumb of a slider does not reach its ends: the marks keep to where its middle goes.
    <div className="relative mx-2 -mt-1.5 h-3" aria-hidden="true" data-testid="scrubber-marks">
      {marks.map(({ t, kind }, i) => (
        <svg
          key={`${kind}-${t}-${i}`}
          viewBox="0 0 12 12"
          className="absolute size-2.5 -translate-x-1/2"
          style={{ left: `${(Math.min(t, duration) / Math.max(1, duration)) * 100}%` }}
        >
          <path d={SHAPES[kind].path} className={SHAPES[kind].className} strokeWidth="1.5" />
        </svg>
      ))}
    </div>
  );
}

/** The time of the playhead, by itself. */
export function Playhead({ player }: { player: Player }) {
  const time = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      player.subscribe((t) => {
        if (time.current) time.current.textContent = clock(t);
      }),
    [player],
  );
  return <span ref={time} className="tabular" aria-hidden="true" data-testid="playhead" />;
}
