// The four scores' marks: a hue and a shape each, so that colour is never alone.
import type { ScoreName } from "../api/types";
import type { Band } from "../replay/band";
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

/** A scale from 0 to 100: the band in which the score may lie, and a dot at the score; dashes where nothing is known. */
export function ScoreBar({ name, value, band }: { name: ScoreName; value: number | null; band: Band | null }) {
  const at = (x: number) => `${Math.min(100, Math.max(0, x))}%`;
  if (value === null && !band)
    return <div className="h-1.5 rounded-full border border-dashed border-line-strong/60" aria-hidden="true" />;
  return (
    <div className="relative h-1.5 rounded-full bg-sunken" aria-hidden="true">
      {band && (
        <div
          className="score-band absolute inset-y-0 rounded-full opacity-45"
          style={{ left: at(band.low), width: at(band.high - band.low), background: hue(name) }}
        />
      )}
      {value !== null && (
        <div
          className="score-dot absolute top-1/2 size-3 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-surface"
          style={{ left: at(value), background: hue(name) }}
        />
      )}
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
