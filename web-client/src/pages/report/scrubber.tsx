// The playhead as a slider: follows without re-rendering, seeks by drag and by arrow keys.
import { useEffect, useRef } from "react";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";

export function Scrubber({
  player,
  duration,
  label = "Playhead",
}: {
  player: Player;
  duration: number;
  label?: string;
}) {
  const slider = useRef<HTMLInputElement>(null);
  const time = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      player.subscribe((t) => {
        if (slider.current) {
          slider.current.value = String(Math.round(t));
          slider.current.setAttribute("aria-valuetext", clock(t));
        }
        if (time.current) time.current.textContent = clock(t);
      }),
    [player],
  );
  return (
    <>
      <span
        ref={time}
        className="tabular w-10 shrink-0 text-right text-sm text-ink-2"
        aria-hidden="true"
        data-testid="playhead"
      />
      <input
        ref={slider}
        type="range"
        min={0}
        max={Math.max(1, Math.round(duration))}
        step={1000}
        defaultValue={0}
        aria-label={label}
        onChange={(event) => player.seek(event.currentTarget.valueAsNumber)}
        className="h-11 min-w-0 flex-1 accent-accent"
      />
    </>
  );
}
