// The band in which a score may lie: a number alone claims more than was measured.
import type { Score } from "../api/types";
import { finite } from "./scale";
import { scoreText } from "./words";

export interface Band {
  low: number;
  high: number;
}

/** Returns the band of a score, 0 to 100; null where there is none, as in reports of version 0.1.0. A score may have a band and no number. */
export function bandOf(score: Score): Band | null {
  const { range } = score as { range?: unknown };
  const [low, high] = Array.isArray(range) ? (range as unknown[]) : [];
  if (!finite(low) || !finite(high) || high < low) return null;
  return { low: Math.max(0, low), high: Math.min(100, high) };
}

/** A score as one hears it: "Clarity: about 68, between 61 and 76". */
export function spoken(title: string, score: Score): string {
  const band = bandOf(score);
  if (score.value === null) {
    const range = band ? `between ${Math.round(band.low)} and ${Math.round(band.high)}. ` : "";
    return `${title}: ${range}${score.reason ?? "not enough to say"}`;
  }
  const between = band ? `, between ${Math.round(band.low)} and ${Math.round(band.high)}` : "";
  return `${title}: about ${scoreText(score.value)}${between}`;
}
