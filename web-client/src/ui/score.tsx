// The four scores' marks: a hue and a shape each, so that colour is never alone.
import type { ScoreName } from "../api/types";
import { scoreText } from "../replay/words";

const SHAPES: Record<ScoreName, string> = {
  confidence: "M8 2.2 14 13.4H2z",
  clarity: "M8 1.6 14.4 8 8 14.4 1.6 8z",
  resilience: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
  engagement: "M3 3h10v10H3z",
};

export const hue = (name: ScoreName) => `var(--${name})`;

export function ScoreMark({ name, size = 14 }: { name: ScoreName; size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" className="shrink-0">
      <path d={SHAPES[name]} fill={hue(name)} stroke={hue(name)} strokeWidth="1.2" strokeLinejoin="round" />
    </svg>
  );
}

/** A bar from 0 to 100; hollow where nothing is known. */
export function ScoreBar({ name, value }: { name: ScoreName; value: number | null }) {
  return (
    <div className="h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
      <div
        className="h-full rounded-full transition-[width] duration-500"
        style={{ width: `${value === null ? 0 : Math.min(100, Math.max(0, value))}%`, background: hue(name) }}
      />
    </div>
  );
}

export function ScoreNumber({ value, className = "" }: { value: number | null; className?: string }) {
  return (
    <span className={`tabular ${className}`}>
      {scoreText(value)}
      {value === null && <span className="sr-only">not enough to say</span>}
    </span>
  );
}
