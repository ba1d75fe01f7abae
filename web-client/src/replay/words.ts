// Scores and numbers in plain words.
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

/** The name that the report gives a metric; reports of version 0.1.0 give none, and their ids are put in words. */
export const nameOf = (of: { metric: string; name?: string | null }): string => of.name || humanise(of.metric);

/** How each unit of the report reads after its number, and with how many decimals. */
const UNITS: Record<string, [suffix: string, decimals: number]> = {
  wpm: [" words a minute", 0],
  "deg/s": [" degrees a second", 0],
  "syl/s": [" syllables a second", 1],
  st: [" semitones", 1],
  dB: [" dB", 1],
  s: [" s", 1],
  "s/min": [" s a minute", 1],
  "/min": [" a minute", 1],
  "/10 min": [" in ten minutes", 1],
  "/100 words": [" in 100 words", 1],
  numbers: ["", 0],
  x: [" times", 2],
  z: [" times its usual spread", 1],
  smiles: ["", 0],
};

/** A value with its unit, as one reads it. A unit this page has not heard of is put behind the number. */
export function withUnit(value: number | null, unit: string): string {
  if (value === null || !Number.isFinite(value)) return "–";
  if (unit === "share") return `${Math.round(value * 100)} %`;
  const [suffix, decimals] = UNITS[unit] ?? [unit === "" ? "" : ` ${unit}`, 2];
  const number = value.toFixed(decimals);
  // "-0.0" reads like a mistake.
  return `${Number(number) === 0 ? (0).toFixed(decimals) : number}${suffix}`;
}

/** A score as it is shown: a whole number, or a dash. */
export const scoreText = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value)
    ? "–"
    : String(Math.round(Math.min(100, Math.max(0, value))));

export function when(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return "";
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).format(us / 1000);
}

/** A time that comes, as it stands in a sentence: "on Friday, 4 December, after 10:30". */
export function moment(us: number): string {
  const at = new Date(us / 1000);
  const of = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", options).format(at);
  return `on ${of({ weekday: "long" })}, ${of({ day: "numeric", month: "long" })}, after ${of({ hour: "2-digit", minute: "2-digit" })}`;
}

/** The day alone, as in the title of a page. */
export function day(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return "";
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }).format(us / 1000);
}
