// What a person chose about practising, kept in this browser. Every value read back is checked; unknown ones fall back.
import { useSyncExternalStore } from "react";

export interface Preferences {
  /** How large one's own video is while answering. */
  selfView: "small" | "hidden";
  /** Seconds to think before each answer. */
  prepareS: 0 | 30 | 60;
  /** The browser reads each question aloud. */
  readAloud: boolean;
  /** After an answer that lacks something, one further question. */
  followUps: boolean;
  /** No camera: only the voice is recorded and measured. */
  voiceOnly: boolean;
  /** At most one hint in this time, seconds. */
  hintEveryS: 10 | 20 | 40;
}

export const DEFAULTS: Preferences = {
  selfView: "small",
  prepareS: 0,
  readAloud: false,
  followUps: true,
  voiceOnly: false,
  hintEveryS: 20,
};

const KEY = "coach.preferences";
const CHANGED = "coach-preferences";

const one = <T>(value: unknown, of: readonly T[], otherwise: T): T => of.find((x) => x === value) ?? otherwise;

/** Reads preferences out of any text. */
export function parsePreferences(text: string | null): Preferences {
  let raw: Record<string, unknown> = {};
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    if (typeof found === "object" && found !== null) raw = found as Record<string, unknown>;
  } catch {
    // Somebody else wrote there.
  }
  return {
    selfView: one(raw.selfView, ["small", "hidden"] as const, DEFAULTS.selfView),
    prepareS: one(raw.prepareS, [0, 30, 60] as const, DEFAULTS.prepareS),
    readAloud: raw.readAloud === true,
    followUps: raw.followUps !== false,
    voiceOnly: raw.voiceOnly === true,
    hintEveryS: one(raw.hintEveryS, [10, 20, 40] as const, DEFAULTS.hintEveryS),
  };
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

let text: string | null | undefined;
let current = DEFAULTS;

/** The preferences of this moment; the same object until one of them changes. */
export function preferences(): Preferences {
  const now = stored();
  if (now !== text) {
    text = now;
    current = parsePreferences(now);
  }
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  const next = { ...preferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Private windows may refuse; then the choice lasts as long as the page.
    text = stored();
    current = next;
  }
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  window.addEventListener("storage", changed);
  return () => {
    window.removeEventListener(CHANGED, changed);
    window.removeEventListener("storage", changed);
  };
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferences);
