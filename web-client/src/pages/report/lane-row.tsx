// One lane: its name, its curve on a canvas, the value under the hover line or the playhead.
import { useEffect, useMemo, useRef, useState } from "react";
import type { Lane } from "../../replay/lanes";
import type { Player } from "../../replay/player";
import { valueAt, type Range } from "../../replay/scale";
import { LaneCanvas } from "./lane-canvas";

interface Props {
  lane: Lane;
  view: Range;
  width: number;
  hover: number | null;
  player: Player;
}

/** What the lane says about a moment. */
export function readAt(lane: Lane, t: number): string {
  const words: string[] = [];
  for (const curve of lane.curves) {
    const value = valueAt(curve.times, curve.values, t, 400);
    if (value !== null)
      words.push(lane.curves.length > 1 ? `${curve.label.charAt(0)} ${lane.read(value)}` : lane.read(value));
  }
  if (lane.curves.length === 0) {
    const block = lane.blocks.findLast((x) => x.start <= t && t < x.end);
    if (block) words.push(block.label);
    const point = lane.points.find((x) => x.t <= t && t < x.t + 4000);
    if (point) words.push(point.label);
  }
  return words.join(" · ");
}

export function LaneRow({ lane, view, width, hover, player }: Props) {
  const value = useRef<HTMLParagraphElement>(null);
  const [dark, setDark] = useState(0);
  const empty = useMemo(
    () =>
      lane.blocks.length === 0 &&
      lane.points.length === 0 &&
      lane.curves.every((curve) => curve.values.every((x) => x === null)),
    [lane],
  );

  useEffect(() => {
    const write = (t: number) => {
      if (value.current) value.current.textContent = readAt(lane, t);
    };
    if (hover !== null) {
      write(hover);
      return;
    }
    return player.subscribe(write);
  }, [lane, hover, player]);

  // Canvases don't follow the theme by themselves.
  useEffect(() => {
    const changed = () => setDark((n) => n + 1);
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    window.addEventListener("coach-theme", changed);
    return () => {
      system.removeEventListener("change", changed);
      window.removeEventListener("coach-theme", changed);
    };
  }, []);

  return (
    <div
      data-testid={`lane-${lane.key ?? lane.id}`}
      role="group"
      aria-label={lane.summary}
      className="grid items-center gap-x-4 border-b border-line py-1.5 max-sm:grid-cols-[1fr_auto] sm:grid-cols-[7.5rem_minmax(0,1fr)_7rem]"
    >
      <p className="text-sm font-medium">
        {lane.title}
        {lane.curves.length > 1 && (
          <span className="block text-xs font-normal text-ink-3 max-sm:ml-2 max-sm:inline">
            {lane.curves.map((curve, i) => (
              <span key={curve.label} className="mr-2 inline-flex items-center gap-1">
                <svg width="14" height="4" aria-hidden="true">
                  <line
                    x1="0"
                    y1="2"
                    x2="14"
                    y2="2"
                    stroke={`var(${curve.colour})`}
                    strokeWidth="2"
                    strokeDasharray={i > 0 ? "4 2" : "none"}
                  />
                </svg>
                {curve.label}
              </span>
            ))}
          </span>
        )}
      </p>
      <div data-plot className="relative max-sm:order-last max-sm:col-span-2">
        {empty ? (
          <p className="grid h-9 content-center pl-2 text-xs text-ink-3">
            {lane.id === "hints" ? "No hint was shown" : "Not enough to say"}
          </p>
        ) : (
          <LaneCanvas key={dark} lane={lane} view={view} width={width} />
        )}
      </div>
      <p ref={value} className="tabular truncate text-right text-xs text-ink-2" data-testid={`lane-value-${lane.id}`} />
    </div>
  );
}
