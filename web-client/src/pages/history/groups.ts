// The history by question: which tries there are, which was the best, what a search finds.
import type { FourScores, Session } from "../../api/types";

export interface Group {
  /** Id of the question; the session's own id where none was asked. */
  id: string;
  title: string;
  /** Id to answer it again with; null: it was no question of the bank. */
  question: string | null;
  /** Newest first. */
  sessions: Session[];
}

export function titleOf(session: Session): string {
  return session.questions[0]?.text ?? (session.source === "upload" ? "An uploaded recording" : "Free speech");
}

/** Groups sessions by their first question, the group with the newest session first. */
export function groups(sessions: readonly Session[]): Group[] {
  const found = new Map<string, Group>();
  for (const session of sessions) {
    const question = session.questions[0] ?? null;
    const id = question?.id ?? session.id;
    const group = found.get(id) ?? { id, title: titleOf(session), question: question?.id ?? null, sessions: [] };
    group.sessions.push(session);
    found.set(id, group);
  }
  return [...found.values()];
}

const NAMES = ["confidence", "clarity", "resilience", "engagement"] as const;

export function meanOf(scores: FourScores | null): number | null {
  const known = NAMES.map((name) => scores?.[name]).filter((x): x is number => typeof x === "number");
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

/** The try with the highest mean, of those with all the scores that any of them has; null with fewer than two. */
export function bestOf(sessions: readonly Session[]): Session | null {
  const count = (session: Session) => NAMES.filter((name) => session.scores?.[name] != null).length;
  const most = Math.max(0, ...sessions.map(count));
  const full = sessions.filter((session) => most > 0 && count(session) === most);
  if (full.length < 2) return null;
  return full.reduce((best, session) => ((meanOf(session.scores) ?? 0) > (meanOf(best.scores) ?? 0) ? session : best));
}

/** Every word must occur in a question of the session. */
export function matches(session: Session, typed: string): boolean {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [titleOf(session), ...session.questions.map((question) => question.text)].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}
