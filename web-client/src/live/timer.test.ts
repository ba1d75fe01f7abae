// The answer's clock.
import { describe, expect, it } from "vitest";
import { bar, clock, elapsed, pause, start, zero } from "./timer";

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

  it("warms as the suggested time runs out and stays full beyond it", () => {
    const at = (ms: number) => bar(ms, 100_000).warmth;
    expect([at(0), at(59_999), at(60_000), at(85_000), at(100_000)]).toEqual(["cool", "cool", "warm", "hot", "over"]);
    expect(bar(250_000, 100_000).filled).toBe(1);
  });

  it("is empty and cool without a suggested time, or with nonsense for one", () => {
    for (const suggested of [0, -5, Number.NaN]) expect(bar(5000, suggested)).toEqual({ filled: 0, warmth: "cool" });
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
