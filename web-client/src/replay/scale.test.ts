// From values to pixels and words.
import { describe, expect, it } from "vitest";
import { lastAt, laneRange, median, ticks, valueAt, zoom } from "./scale";

describe("a lane's range", () => {
  it("is the usual one while the person stays in it, so that sessions look alike", () => {
    expect(laneRange([120, 150, null], { min: 80, max: 220 })).toEqual({ min: 80, max: 220 });
  });

  it("widens when the person goes beyond, but not for one wild sample", () => {
    const fast = Array.from({ length: 200 }, () => 260);
    expect(laneRange(fast, { min: 80, max: 220 }).max).toBeGreaterThan(260);
    expect(laneRange([...Array.from({ length: 500 }, () => 150), 9000], { min: 80, max: 220 }).max).toBe(220);
  });

  it("is the usual one when nothing is known", () => {
    expect(laneRange([null, Number.NaN, Infinity], { min: 0, max: 1 })).toEqual({ min: 0, max: 1 });
  });
});

describe("the time axis", () => {
  it("has ticks at times a person would choose, inside the window", () => {
    expect(ticks({ min: 0, max: 60_000 }, 6)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    expect(ticks({ min: 61_000, max: 64_000 }, 3)).toEqual([61_000, 62_000, 63_000, 64_000]);
    expect(ticks({ min: 0, max: 7_200_000 }, 5).length).toBeLessThanOrEqual(6);
  });

  it("zooms around the place that is looked at and stays inside the session", () => {
    const close = zoom({ min: 0, max: 100_000 }, 50_000, 0.5, 100_000);
    expect(close).toEqual({ min: 25_000, max: 75_000 });
    expect(zoom(close, 30_000, 100, 100_000)).toEqual({ min: 0, max: 100_000 });
    expect(zoom({ min: 0, max: 8000 }, 0, 0.01, 100_000)).toEqual({ min: 0, max: 4000 });
  });

  it("survives a session of no length", () => {
    expect(zoom({ min: 0, max: 0 }, 0, 0.5, 0)).toEqual({ min: 0, max: 0 });
  });
});

describe("reading a value", () => {
  const times = [0, 500, 1000, 1500];
  it("takes the nearest sample that is known, within reach", () => {
    expect(valueAt(times, [1, 2, null, 4], 600, 400)).toBe(2);
    expect(valueAt(times, [1, 2, null, 4], 1400, 400)).toBe(4);
    expect(valueAt(times, [1, null, null, 4], 800, 200)).toBeNull();
    expect(valueAt([], [], 5, 100)).toBeNull();
  });

  it("finds the last time not after a moment", () => {
    expect([lastAt(times, -1), lastAt(times, 0), lastAt(times, 1499), lastAt(times, 99_999)]).toEqual([-1, 0, 2, 3]);
  });

  it("has a median without the unknown", () => {
    expect([median([3, null, 1]), median([4, 1, 3, 2]), median([null])]).toEqual([2, 2.5, null]);
  });
});
