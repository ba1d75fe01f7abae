// The answer's clock.
import { describe, expect, it } from "vitest";
import { clock, elapsed, pause, shareOf, start, zero } from "./timer";

describe("the timer", () => {
  it("counts only while it runs", () => {
    const paused = pause(start(zero, 1000), 4000);
    expect(elapsed(paused, 9000)).toBe(3000);
    expect(elapsed(start(paused, 10_000), 12_500)).toBe(5500);
  });

  it("starts once, however often it is started", () => {
    const running = start(zero, 1000);
    expect(start(running, 5000)).toBe(running);
  });

  it("never goes backwards when the clock is set back", () => {
    expect(elapsed(start(zero, 5000), 1000)).toBe(0);
  });

  it("fills with the suggested time and stays full beyond it", () => {
    expect([0, 25_000, 100_000, 250_000].map((ms) => shareOf(ms, 100_000))).toEqual([0, 0.25, 1, 1]);
  });

  it("is empty without a suggested time, or with nonsense for one", () => {
    for (const suggested of [0, -5, Number.NaN]) expect(shareOf(5000, suggested)).toBe(0);
  });

  it("reads as minutes and seconds, with hours only when there are any", () => {
    expect([clock(0), clock(65_900), clock(3_725_000), clock(-4), clock(Number.NaN)]).toEqual([
      "0:00",
      "1:05",
      "1:02:05",
      "0:00",
      "0:00",
    ]);
  });
});
