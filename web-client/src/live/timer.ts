// The answer's clock: runs, pauses, and says how warm the time bar is.

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

export type Warmth = "cool" | "warm" | "hot" | "over";

/** How far the suggested time has gone, 0 to 1, and how warm that is. */
export function bar(elapsedMs: number, suggestedMs: number): { filled: number; warmth: Warmth } {
  if (!(suggestedMs > 0)) return { filled: 0, warmth: "cool" };
  const share = Math.max(0, elapsedMs / suggestedMs);
  const warmth = share >= 1 ? "over" : share >= 0.85 ? "hot" : share >= 0.6 ? "warm" : "cool";
  return { filled: Math.min(1, share), warmth };
}

/** "1:05"; hours only when there are any. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor((Number.isFinite(ms) ? ms : 0) / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
