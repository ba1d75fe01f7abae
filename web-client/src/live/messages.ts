// The live channel's messages, read with suspicion: what is malformed or unknown is dropped, never thrown.
import type { Session } from "../api/types";
import type { Hint } from "./hints";

export interface LiveHint extends Hint {
  type: "hint";
}

/** Somebody who takes part, and how they are called. */
export interface Present {
  name: string | null;
}

/** A question of the interviewer; without an id it is their own. */
export interface Asked {
  id: string | null;
  text: string;
}

export interface TalkTime {
  candidate_ms: number;
  interviewer_ms: number;
}

export type Message =
  | { type: "hello"; session: Session | null; followUps: boolean }
  | {
      type: "snapshot";
      state: string | null;
      viewers: number;
      interviewer: Present | null;
      asked: Asked | null;
      talk: TalkTime | null;
    }
  /** How many see and hear the candidate. */
  | { type: "viewers"; count: number }
  /** What the interviewer asks now. */
  | { type: "asked"; asked: Asked }
  /** How long each has spoken so far. */
  | { type: "talk_time"; talk: TalkTime }
  /** Who asks the questions; null: nobody is there. */
  | { type: "interviewer"; interviewer: Present | null }
  | { type: "state"; state: string; reason: string | null }
  | LiveHint
  /** What follows the end of an answer: a further question, or nothing. */
  | { type: "follow_up"; text: string | null }
  | { type: "progress"; stage: string; percent: number | null }
  | { type: "report_ready" }
  | { type: "error"; title: string; detail: string | null };

export type Numbered = Message & { seq: number | null };

/** The longest message that is looked at. */
export const MAX_LENGTH = 64 * 1024;

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const string = (value: unknown, max = 500): string | null => (typeof value === "string" ? value.slice(0, max) : null);
const count = (value: unknown): number => Math.max(0, Math.round(number(value) ?? 0));
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** A message, or null for anything this page does not know or use. */
export function parse(data: unknown): Numbered | null {
  if (typeof data !== "string" || data.length > MAX_LENGTH) return null;
  let raw: Fields | null;
  try {
    raw = fields(JSON.parse(data));
  } catch {
    return null;
  }
  if (!raw) return null;
  const message = read(raw);
  return message && { ...message, seq: number(raw.seq) };
}

function read(raw: Fields): Message | null {
  switch (raw.type) {
    case "hello":
      return { type: "hello", session: sessionOf(raw.session), followUps: raw.follow_ups === true };
    case "snapshot":
      return {
        type: "snapshot",
        state: string(raw.state) ?? string(fields(raw.session)?.state),
        viewers: count(raw.viewers),
        interviewer: present(raw.interviewer),
        asked: asked(raw.asked),
        talk: talk(raw.talk_time),
      };
    case "asked": {
      const found = asked(raw);
      return found && { type: "asked", asked: found };
    }
    case "talk_time": {
      const found = talk(raw);
      return found && { type: "talk_time", talk: found };
    }
    case "interviewer":
      return { type: "interviewer", interviewer: raw.present === true ? present(raw) : null };
    case "viewers":
      return { type: "viewers", count: count(raw.count) };
    case "state": {
      const state = string(raw.state);
      return state === null ? null : { type: "state", state, reason: string(raw.reason) };
    }
    case "hint": {
      const text = string(raw.text, 60)?.trim();
      if (!text) return null;
      return {
        type: "hint",
        t: number(raw.t) ?? 0,
        id: string(raw.id, 60) ?? "",
        text,
        evidence: string(raw.evidence) ?? "",
        positive: raw.positive === true,
        for_ms: clamp(number(raw.for_ms) ?? 4000, 1000, 10_000),
      };
    }
    case "follow_up":
      return { type: "follow_up", text: string(raw.text, 200)?.trim() || null };
    case "progress": {
      const percent = number(raw.percent);
      return {
        type: "progress",
        stage: string(raw.stage) ?? "",
        percent: percent === null ? null : clamp(percent, 0, 100),
      };
    }
    case "report_ready":
      return { type: "report_ready" };
    case "error":
      return { type: "error", title: string(raw.title) ?? "Something went wrong", detail: string(raw.detail) };
    default:
      return null;
  }
}

function asked(raw: unknown): Asked | null {
  const found = fields(raw);
  const text = string(found?.text)?.trim();
  return found && text ? { id: string(found.question_id, 100), text } : null;
}

function talk(raw: unknown): TalkTime | null {
  const found = fields(raw);
  return found && { candidate_ms: count(found.candidate_ms), interviewer_ms: count(found.interviewer_ms) };
}

function present(raw: unknown): Present | null {
  const found = fields(raw);
  return found && { name: string(found.name, 80)?.trim() || null };
}

function sessionOf(raw: unknown): Session | null {
  const found = fields(raw);
  return found && typeof found.id === "string" && typeof found.state === "string" && Array.isArray(found.questions)
    ? (found as unknown as Session)
    : null;
}
