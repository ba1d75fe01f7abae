// Which hints the person wants, kept in this browser. What is kept is what was switched off, so that a new hint begins switched on.

import { preferences } from "../settings/preferences";

const KEY = "coach.hints.off";
/** Where version 0.1.0 kept it. */
const OLD_KEY = "coach.cues.off";

export function switchedOff(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? localStorage.getItem(OLD_KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((id): id is string => typeof id === "string").slice(0, 100) : [];
  } catch {
    return [];
  }
}

export function keepSwitchedOff(ids: string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Private windows may refuse; then the choice lasts as long as the page.
  }
}

/** Switches one hint on or off for the sessions to come. */
export function switchHint(id: string, on: boolean): void {
  const others = switchedOff().filter((other) => other !== id);
  keepSwitchedOff(on ? others : [...others, id]);
}

/** What the server is told: all that are not switched off. */
export function settings(
  all: readonly { id: string }[],
  off: readonly string[],
): { enabled: string[]; budget_ms: number } {
  return {
    enabled: all.map(({ id }) => id).filter((id) => !off.includes(id)),
    budget_ms: preferences().hintEveryS * 1000,
  };
}
