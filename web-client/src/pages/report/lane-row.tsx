// One lane: its name and scale, its curve on a canvas, and the value where one points or where it plays.
import { useEffect, useMemo, useRef, useState } from "react";
import type { Lane } from "../../replay/lanes";
import type { Player } from "../../replay/player";
import { valueAt, type Range } from "../../replay/scale";
import { LaneCanvas, laneHeight } from "./lane-canvas";

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
    if (value !== null) words.push(lane.curves.length > 1 ? `${curve.label} ${lane.read(value)}` : lane.read(value));
  }
  if (lane.curves.length === 0) {
    const block = lane.blocks.findLast((x) => x.start <= t && t < x.end);
    if (block) words.push(block.label);
    const point = lane.points.find((x) => x.t <= t && t < x.t + 4000);
    if (point) words.push(point.label);
  }
  return words.join(" · ");
}

/** Numbers of the scale: its ends, or the band that is aimed at. */
export function scaleOf(lane: Lane): { value: number; aim: boolean }[] {
  if (lane.curves.length === 0 || lane.unit === "z") return [];
  const ends = [lane.range.min, lane.range.max].map((value) => ({ value, aim: false }));
  return lane.band ? [lane.band.min, lane.band.max].map((value) => ({ value, aim: true })) : ends;
}

function Scale({ lane }: { lane: Lane }) {
  const height = laneHeight(lane);
  const share = (value: number) => (lane.range.max - value) / Math.max(1e-9, lane.range.max - lane.range.min);
  const places = scaleOf(lane).map(({ value, aim }) => ({
    value,
    aim,
    top: Math.min(height - 12, Math.max(0, share(value) * height - 6)),
  }));
  return (
    <div className="relative text-right text-[0.6875rem] leading-3 max-sm:hidden" style={{ height }} aria-hidden="true">
      {places.map(({ value, aim, top }) => (
        <span
          key={value}
          className={`tabular absolute right-0 ${aim ? "font-medium text-good" : "text-ink-3"}`}
          style={{ top }}
        >
          {lane.scale(value)}
        </span>
      ))}
    </div>
  );
}

/** Canvases do not follow the theme by themselves: counts its changes. */
function useThemeChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((n) => n + 1);
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    window.addEventListener("coach-theme", changed);
    return () => {
      system.removeEventListener("change", changed);
      window.removeEventListener("coach-theme", changed);
    };
  }, []);
  return changes;
}

function Name({ lane }: { lane: Lane }) {
  return (
    <p className="text-sm font-medium max-sm:flex max-sm:items-baseline max-sm:gap-2">
      {lane.title}
      {lane.unitName && <span className="block text-xs font-normal text-ink-3">{lane.unitName}</span>}
      {lane.curves.length > 1 && (
        <span className="block text-xs font-normal text-ink-3">
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
  );
}

export function LaneRow({ lane, view, width, hover, player }: Props) {
  const value = useRef<HTMLParagraphElement>(null);
  const theme = useThemeChanges();
  const empty = useMemo(
    () =>
      lane.blocks.length === 0 &&
      lane.points.length === 0 &&
      lane.curves.every((curve) => curve.values.every((x) => x === null)),
    [lane],
  );

  useEffect(() => {
    const write = (t: number) => {
      const label = value.current;
      if (!label) return;
      const text = t < view.min || t > view.max ? "" : readAt(lane, t);
      label.textContent = text;
      const share = (t - view.min) / Math.max(1, view.max - view.min);
      // Beside the line, on the side that has room.
      label.style.left = `${share * 100}%`;
      label.style.translate = share > 0.8 ? "calc(-100% - 6px) 0" : "6px 0";
      label.style.visibility = text === "" ? "hidden" : "visible";
    };
    if (hover !== null) {
      write(hover);
      return;
    }
    return player.subscribe(write);
  }, [lane, hover, player, view]);

  return (
    <div
      data-testid={`lane-${lane.key ?? lane.id}`}
      role="group"
      aria-label={lane.summary}
      className="grid break-inside-avoid items-center gap-x-2 border-b border-line px-4 py-1.5 sm:grid-cols-[6.75rem_2.25rem_minmax(0,1fr)] sm:px-5"
    >
      <Name lane={lane} />
      <Scale lane={lane} />
      <div data-plot className="relative">
        {empty ? (
          <p className="grid h-9 content-center pl-2 text-xs text-ink-3">
            {lane.id === "hints" ? "No hint was shown" : "Not enough to say"}
          </p>
        ) : (
          <LaneCanvas key={theme} lane={lane} view={view} width={width} />
        )}
        <p
          ref={value}
          data-testid={`lane-value-${lane.id}`}
          className="tabular pointer-events-none absolute top-0 z-20 max-w-[70%] truncate whitespace-nowrap rounded bg-surface/90 px-1 text-xs font-medium text-ink print:hidden"
        />
      </div>
    </div>
  );
}
