// Choosing: which questions match, which are chosen, how long they take together.
import type { Family, Question } from "../../api/types";

export const MOST = 5;

export const FAMILIES: { id: Family; title: string; about: string }[] = [
  { id: "failure", title: "Failure", about: "What went wrong, and what came of it" },
  { id: "conflict", title: "Conflict", about: "Disagreeing and staying at the table" },
  { id: "leadership", title: "Leadership", about: "Taking others along" },
  { id: "teamwork", title: "Teamwork", about: "Working with and for others" },
  { id: "pressure", title: "Pressure", about: "Deadlines, surprises, too much at once" },
  { id: "motivation", title: "Motivation", about: "Why this, why you, why now" },
];

/** The questions that are asked almost everywhere, in the order in which they usually are. */
export const classicsOf = (all: readonly Question[]): Question[] => all.filter(({ classic }) => classic);

/** The questions that the person wrote. */
export const ownOf = (all: readonly Question[]): Question[] => all.filter(({ own }) => own);

/** Where a newcomer begins; null: the bank is empty. */
export const recommendedOf = (all: readonly Question[]): Question | null => classicsOf(all)[0] ?? all[0] ?? null;

/** A question by chance, of those that were not answered lately. `random`: 0 to 1. */
export function surpriseOf(all: readonly Question[], not: readonly string[], random = Math.random()): Question | null {
  const fresh = all.filter(({ id }) => !not.includes(id));
  const from = fresh.length > 0 ? fresh : all;
  return from[Math.min(from.length - 1, Math.floor(random * from.length))] ?? null;
}

/** Every word typed must occur in the question, its tip or its label. */
export function matching(all: readonly Question[], family: Family | null, typed: string): Question[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((question) => {
    if (family && question.family !== family) return false;
    const text = `${question.text} ${question.tip} ${question.family} ${question.label ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Adds at the end, or takes out; a sixth is not added. */
export function toggled(chosen: string[], id: string): string[] {
  if (chosen.includes(id)) return chosen.filter((x) => x !== id);
  return chosen.length >= MOST ? chosen : [...chosen, id];
}

/** Moves what is at one place to another; a place outside of the list moves nothing. */
export function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const next = [...all];
  if (from < 0 || from >= all.length || to < 0 || to >= all.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

export function minutes(ms: number): string {
  const half = Math.round(ms / 30_000) / 2;
  return `${half === Math.floor(half) ? half : half.toFixed(1)} min`;
}

/** Reads the questions of an address: at most five, each once. */
export function fromSearch(search: string): string[] {
  const given = (new URLSearchParams(search).get("q") ?? "").split(",").filter((id) => id !== "" && id.length <= 64);
  return [...new Set(given)].slice(0, MOST);
}

export const toSearch = (chosen: string[]): string => `q=${chosen.map(encodeURIComponent).join(",")}`;
