// What this browser remembers of a round that is under way, so that a page that was loaded again can go on with it.
import { GRACE_MS } from "./publisher";

export interface Round {
  session: string;
  /** The question that was being answered, from 0. */
  index: number;
  count: number;
  question: string;
  /** How long it was being answered, milliseconds. */
  spent_ms: number;
  /** Wall time of the last sign of life, milliseconds since 1970. */
  at: number;
}

const KEY = "coach.round";

const whole = (x: unknown): x is number => typeof x === "number" && Number.isFinite(x) && x >= 0;

/** Returns the round that was kept last, or null for none and for anything that is not one. */
export function recallRound(): Round | null {
  try {
    const raw = JSON.parse(localStorage.getItem(KEY) ?? "null") as Record<string, unknown> | null;
    if (typeof raw !== "object" || raw === null) return null;
    const { session, index, count, question, spent_ms, at } = raw;
    if (typeof session !== "string" || session === "" || typeof question !== "string") return null;
    if (!whole(index) || !whole(count) || !whole(spent_ms) || !whole(at)) return null;
    return {
      session,
      index: Math.floor(index),
      count: Math.floor(count),
      question: question.slice(0, 500),
      spent_ms,
      at,
    };
  } catch {
    return null;
  }
}

export function keepRound(round: Round): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(round));
  } catch {
    // Without storage the server's list of answers is all there is to go by.
  }
}

/** Forgets the round, if it is this session's. */
export function forgetRound(session: string): void {
  if (recallRound()?.session !== session) return;
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}

/** How long the server still waits for the page to come back, milliseconds; 0: no longer. */
export const waitsFor = (round: Round, now: number): number =>
  Math.min(GRACE_MS, Math.max(0, round.at + GRACE_MS - now));
