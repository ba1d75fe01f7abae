// What the report says first: what went well, and one thing to try next. Read with suspicion, because older reports say less.
import type { Report, ReportAnswer } from "../api/types";
import { finite } from "./scale";
import { SCORES } from "./words";

/** A sentence, and the stretch of the recording that shows it. */
export interface Advice {
  text: string;
  span: { start: number; end: number } | null;
  /** The answer it is about, from 0; null: not about one. */
  answer: number | null;
}

export interface Advices {
  well: Advice[];
  next: Advice | null;
  /** Further sentences, about no score in particular. */
  more: Advice[];
}

/** Reads one advice of a report; null for anything else. */
export function readAdvice(raw: unknown): Advice | null {
  if (typeof raw === "string") return raw.trim() === "" ? null : { text: raw, span: null, answer: null };
  if (typeof raw !== "object" || raw === null) return null;
  const { text, worst, answers } = raw as Record<string, unknown>;
  if (typeof text !== "string" || text.trim() === "") return null;
  const { start, end } = (typeof worst === "object" && worst !== null ? worst : {}) as Record<string, unknown>;
  const first: unknown = Array.isArray(answers) ? answers[0] : null;
  return {
    text: text.trim(),
    span: finite(start) && finite(end) && end >= start ? { start, end } : null,
    answer: finite(first) && first >= 0 ? Math.floor(first) : null,
  };
}

const list = (raw: unknown): Advice[] => (Array.isArray(raw) ? raw.flatMap((x) => readAdvice(x) ?? []) : []);

/** Whether a sentence begins with a score's name ("Clarity 61 of 100. …", "Clarity: not enough to say. …"). */
const aboutScore = (text: string) =>
  SCORES.some(({ title }) => text.startsWith(`${title} `) || text.startsWith(`${title}:`));

const REPEATED = /^(Went well|Try next|Work on): /;

/** The answer that holds the middle of a stretch; null: none does. */
export function answerAt(report: Report, span: Advice["span"]): number | null {
  if (!span || report.answers.length === 0) return null;
  const middle = (span.start + span.end) / 2;
  const at = report.answers.findIndex(({ start, end }) => start <= middle && middle <= end);
  return at < 0 ? null : at;
}

/** Returns what is said first about an answer, or about the whole session. */
export function advices(report: Report, shown: ReportAnswer): Advices {
  const raw = shown as unknown as Record<string, unknown>;
  const well = list(raw.praise).slice(0, 2);
  const found = list(raw.advice);
  const words = list(raw.words).filter(({ text }) => !aboutScore(text));
  // The words say praise and advice once more, for whoever reads the report as text.
  const rest = Array.isArray(raw.advice) ? words.filter(({ text }) => !REPEATED.test(text)) : words;
  // A report of version 0.1.0 has only sentences on what to work on, the most important first.
  const next = found[0] ?? (Array.isArray(raw.advice) ? undefined : rest.shift()) ?? null;
  const at = report.answers.indexOf(shown);
  const placed = (x: Advice): Advice => ({ ...x, answer: x.answer ?? (at >= 0 ? at : answerAt(report, x.span)) });
  return { well: well.map(placed), next: next && placed(next), more: [...found.slice(1), ...rest].map(placed) };
}
