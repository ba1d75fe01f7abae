// The band in which a score may lie: a number alone claims more than was measured.
import type { Score } from "../api/types";
import { scoreText } from "./words";

export interface Band {
  low: number;
  high: number;
}

const finite = (x: unknown): x is number => typeof x === "number" && Number.isFinite(x);

/** Returns the band of a score, 0 to 100; null where it has no number, or a report of version 0.1.0 gave none. */
export function bandOf(score: Score): Band | null {
  const raw = score as unknown as Record<string, unknown>;
  if (score.value === null) return null;
  const inner = (typeof raw.band === "object" && raw.band !== null ? raw.band : raw) as Record<string, unknown>;
  const low = [inner.low, inner.min, inner["0"]].find(finite);
  const high = [inner.high, inner.max, inner["1"]].find(finite);
  if (low === undefined || high === undefined || high < low) return null;
  return { low: Math.max(0, low), high: Math.min(100, high) };
}

/** A score as one hears it: "Clarity: about 68, between 61 and 76". */
export function spoken(title: string, score: Score): string {
  if (score.value === null) return `${title}: ${score.reason ?? "not enough to say"}`;
  const band = bandOf(score);
  const between = band ? `, between ${Math.round(band.low)} and ${Math.round(band.high)}` : "";
  return `${title}: about ${scoreText(score.value)}${between}`;
}
