// What was said, as lines that can be read, searched and played.
import type { Report } from "../api/types";

export type Phrase = Report["transcript"][number];

/** Mean logarithm of probability below which a phrase is a guess (journal: `logp`). */
export const UNCERTAIN_LOGP = -0.35;
/** A pause is written down from this length on, milliseconds. */
const LONG_PAUSE_MS = 1000;

export interface Line {
  phrase: Phrase;
  /** What its owner says instead, while the report does not have it yet; null: nothing. */
  instead: string | null;
  uncertain: boolean;
  /** Silence before it that is worth a word, milliseconds; null: none. */
  pauseMs: number | null;
}

/** The lines of a stretch of the recording; reports of version 0.1.0 have none. */
export function linesOf(
  report: Report,
  start: number,
  end: number,
  corrections: readonly { start_ms: number; text: string }[] = [],
): Line[] {
  const instead = new Map(corrections.map((correction) => [correction.start_ms, correction.text]));
  const phrases = ((report as Partial<Report>).transcript ?? []).filter(
    (phrase) => phrase.end > start && phrase.start < end,
  );
  return phrases.map((phrase, i) => {
    const before = phrases[i - 1];
    const pause = before ? phrase.start - before.end : 0;
    const wished = instead.get(phrase.start);
    return {
      phrase,
      instead: wished !== undefined && wished !== phrase.text ? wished : null,
      uncertain: phrase.logp < UNCERTAIN_LOGP,
      pauseMs: pause >= LONG_PAUSE_MS ? pause : null,
    };
  });
}

/** A phrase stays in sight for so long after its end, milliseconds. */
const LINGERS_MS = 300;

/** Whether a phrase is said at a time, or was a moment ago. */
export const isSaid = (phrase: Phrase, t: number): boolean => phrase.start <= t && t < phrase.end + LINGERS_MS;

export const fillersIn = (lines: readonly Line[]): number =>
  lines.reduce((sum, { phrase }) => sum + phrase.words.filter((word) => word.filler).length, 0);

/** Whether a line holds what is searched for. */
export const holds = (line: Line, typed: string): boolean =>
  (line.instead ?? line.phrase.text).toLowerCase().includes(typed.trim().toLowerCase());

/** Words that a caption holds at most. */
const CAPTION_WORDS = 8;

/** The words around a time, as a caption under the video; null: nobody speaks. */
export function captionAt(report: Report, t: number): string | null {
  const phrase = (report as Partial<Report>).transcript?.find((x) => isSaid(x, t));
  if (!phrase) return null;
  const at = phrase.words.findLastIndex((word) => word.start <= t);
  if (at < 0) return phrase.words.length === 0 ? phrase.text : null;
  const from = Math.floor(at / CAPTION_WORDS) * CAPTION_WORDS;
  return phrase.words
    .slice(from, from + CAPTION_WORDS)
    .map((word) => word.w)
    .join(" ");
}
