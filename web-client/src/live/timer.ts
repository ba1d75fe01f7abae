// The answer's clock: runs, pauses, and says which share of the suggested time has gone.

export interface Timer {
  /** Milliseconds from before the last start. */
  readonly before: number;
  /** When it last started; null: it stands. */
  readonly since: number | null;
}

export const zero: Timer = { before: 0, since: null };

export const start = (timer: Timer, now: number): Timer => (timer.since === null ? { ...timer, since: now } : timer);

export const pause = (timer: Timer, now: number): Timer => ({ before: elapsed(timer, now), since: null });

/** Never negative, also when the clock is set back. */
export const elapsed = (timer: Timer, now: number): number =>
  timer.before + (timer.since === null ? 0 : Math.max(0, now - timer.since));

/** Which share of the suggested time has gone, 0 to 1; 0 where none was suggested. */
export const shareOf = (elapsedMs: number, suggestedMs: number): number =>
  suggestedMs > 0 ? Math.min(1, Math.max(0, elapsedMs / suggestedMs)) : 0;

/** "1:05"; hours only when there are any. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor((Number.isFinite(ms) ? ms : 0) / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
