// From milliseconds and values to pixels and words: ranges, ticks, nearest samples, thinning.

export interface Range {
  min: number;
  max: number;
}

/** Whether something out of a file is a number that one can count with. */
export const finite = (x: unknown): x is number => typeof x === "number" && Number.isFinite(x);

/** A steady range for a lane: what it usually spans, widened when the person went beyond, never by a single wild sample. */
export function laneRange(values: readonly (number | null)[], usual: Range): Range {
  const known = values.filter((x): x is number => x !== null && Number.isFinite(x)).sort((a, b) => a - b);
  if (known.length === 0) return usual;
  const at = (share: number) =>
    known[Math.min(known.length - 1, Math.max(0, Math.round(share * (known.length - 1))))] ?? 0;
  const low = at(0.01);
  const high = at(0.99);
  const pad = (Math.max(usual.max, high) - Math.min(usual.min, low)) * 0.06;
  return {
    min: low < usual.min ? low - pad : usual.min,
    max: high > usual.max ? high + pad : usual.max,
  };
}

/** Distance of ticks in ms so that there are about `count`, at times a person would choose. */
export function tickStep(spanMs: number, count: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((s) => s * 1000);
  const wanted = spanMs / Math.max(1, count);
  return steps.find((step) => step >= wanted) ?? 3_600_000;
}

export function ticks(window: Range, count: number): number[] {
  const step = tickStep(window.max - window.min, count);
  const found: number[] = [];
  for (let t = Math.ceil(window.min / step) * step; t <= window.max; t += step) found.push(t);
  return found;
}

/** The window after zooming by `factor` (< 1 is closer) around `at`; it stays inside the session and holds at least 4 s. */
export function zoom(window: Range, at: number, factor: number, duration: number): Range {
  const span = Math.min(duration, Math.max(Math.min(4000, duration), (window.max - window.min) * factor));
  const share = window.max > window.min ? (at - window.min) / (window.max - window.min) : 0.5;
  const min = Math.min(Math.max(0, at - share * span), duration - span);
  return { min, max: min + span };
}

/** Index of the last time not after `t`; -1 when all are. Times ascend. */
export function lastAt(times: ArrayLike<number>, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A sample within `reach` of `t`, nearest first; null where nothing is known. */
export function valueAt(
  times: ArrayLike<number>,
  values: ArrayLike<number | null>,
  t: number,
  reach: number,
): number | null {
  const i = lastAt(times, t);
  for (const k of [i, i + 1]) {
    const time = times[k];
    const value = values[k];
    if (time !== undefined && value !== undefined && value !== null && Math.abs(time - t) <= reach) return value;
  }
  return null;
}

export function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((x): x is number => x !== null && Number.isFinite(x)).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const middle = known.length >> 1;
  const high = known[middle] ?? 0;
  return known.length % 2 === 1 ? high : (high + (known[middle - 1] ?? high)) / 2;
}
