// Metrics and numbers in plain words. A metric this page has not heard of is named by its id.
import type { ScoreName } from "../api/types";

export const SCORES: { name: ScoreName; title: string; what: string }[] = [
  { name: "confidence", title: "Confidence", what: "Steadiness of voice and face" },
  { name: "clarity", title: "Clarity", what: "Pace, pauses, articulation" },
  { name: "resilience", title: "Resilience", what: "How you came back after a hard moment" },
  { name: "engagement", title: "Engagement", what: "Liveliness of voice and face" },
];

/** "pitch_sd_st" -> "Pitch sd". Units at the end of an id are said elsewhere. */
export function humanise(id: string): string {
  const words = id
    .replace(/_(st|wpm|db|ms|s|hz|share|per_s|per_min|pct)$/, "")
    .replaceAll("_", " ")
    .trim();
  return words === "" ? id : words.charAt(0).toUpperCase() + words.slice(1);
}

const METRICS: Record<string, string> = {};

export const metricName = (id: string): string => METRICS[id] ?? humanise(id);

/** A value with its unit, short enough for a row. Shares (unit "" or "share" between 0 and 1) stay as they are given. */
export function withUnit(value: number | null, unit: string): string {
  if (value === null || !Number.isFinite(value)) return "–";
  if (unit === "share" || unit === "ratio" || unit === "0..1") return `${Math.round(value * 100)} %`;
  const size = Math.abs(value);
  const number = size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
  const short = number.includes(".") ? number.replace(/\.?0+$/, "") : number;
  return unit === "" ? short : `${short} ${unit}`;
}

/** A score as it is shown: a whole number, or a dash. */
export const scoreText = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value) ? "–" : String(Math.round(Math.min(100, Math.max(0, value))));

export function when(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return "";
  return new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(us / 1000);
}
