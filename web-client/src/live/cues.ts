// Which cue is on screen: one at a time, each for its own time; what waited too long is dropped, because late advice misleads.

export interface Cue {
  id: string;
  text: string;
  evidence: string;
  positive: boolean;
  t: number;
  for_ms: number;
}

/** A cue that could not be shown within this time is not shown at all. */
export const STALE_MS = 3000;

interface Waiting {
  cue: Cue;
  at: number;
}

export interface CueState {
  shown: { cue: Cue; until: number } | null;
  waiting: Waiting[];
}

export const NO_CUES: CueState = { shown: null, waiting: [] };

/** A new cue arrived at `now` (ms of any steady clock). */
export function arrive(state: CueState, cue: Cue, now: number): CueState {
  if (state.shown?.cue.id === cue.id || state.waiting.some((x) => x.cue.id === cue.id)) return tick(state, now);
  return tick({ ...state, waiting: [...state.waiting, { cue, at: now }].slice(-2) }, now);
}

/** Time went on: takes down what is over, puts up what waits. Returns the same object when nothing changes. */
export function tick(state: CueState, now: number): CueState {
  if (state.shown && now < state.shown.until) return state;
  const fresh = state.waiting.filter((x) => now - x.at <= STALE_MS);
  const [next, ...rest] = fresh;
  if (!next) return state.shown === null && state.waiting.length === 0 ? state : NO_CUES;
  return { shown: { cue: next.cue, until: now + next.cue.for_ms }, waiting: rest };
}

/** Takes everything down, e.g. when the answer is paused. */
export const hush = (): CueState => NO_CUES;
