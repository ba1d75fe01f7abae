// Which hint is on screen: one at a time, each for its own time; what waited too long is dropped, because late advice misleads.

export interface Hint {
  id: string;
  text: string;
  evidence: string;
  positive: boolean;
  t: number;
  for_ms: number;
}

/** A hint that could not be shown within this time is not shown at all. */
export const STALE_MS = 3000;

interface Waiting {
  hint: Hint;
  at: number;
}

export interface HintState {
  shown: { hint: Hint; until: number } | null;
  waiting: Waiting[];
}

export const NO_HINTS: HintState = { shown: null, waiting: [] };

/** A new hint arrived at `now` (ms of any steady clock). */
export function arrive(state: HintState, hint: Hint, now: number): HintState {
  if (state.shown?.hint.id === hint.id || state.waiting.some((x) => x.hint.id === hint.id)) return tick(state, now);
  return tick({ ...state, waiting: [...state.waiting, { hint, at: now }].slice(-2) }, now);
}

/** Time went on: takes down what is over, puts up what waits. Returns the same object when nothing changes. */
export function tick(state: HintState, now: number): HintState {
  if (state.shown && now < state.shown.until) return state;
  const fresh = state.waiting.filter((x) => now - x.at <= STALE_MS);
  const [next, ...rest] = fresh;
  if (!next) return state.shown === null && state.waiting.length === 0 ? state : NO_HINTS;
  return { shown: { hint: next.hint, until: now + next.hint.for_ms }, waiting: rest };
}

/** Takes everything down, e.g. when the answer is paused. */
export const hush = (): HintState => NO_HINTS;
