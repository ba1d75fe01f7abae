// Two recordings in step.
import { describe, expect, it, vi } from "vitest";
import { follow, step } from "./follow";

describe("a recording that follows another", () => {
  it("jumps when it is far away and runs a little faster when it is not", () => {
    expect(step(10, 9, 1)).toEqual({ jump: 10, rate: 1 });
    expect(step(10, 9.99, 1)).toEqual({ jump: null, rate: 1 });
    expect(step(10, 9.95, 2).rate).toBeCloseTo(2.1);
    expect(step(10, 10.3, 1).rate).toBeCloseTo(0.9);
  });

  it("gets into step within 40 ms and stays there", () => {
    let [leader, follower] = [0, -0.35];
    for (let n = 0; n < 60; n++) {
      const next = step(leader, follower, 1);
      follower = (next.jump ?? follower) + 0.2 * next.rate;
      leader += 0.2;
    }
    expect(Math.abs(leader - follower)).toBeLessThan(0.04);
  });

  it("stands where the other one stands", () => {
    const [leader, follower] = [document.createElement("video"), document.createElement("video")];
    follower.pause = vi.fn();
    const stop = follow(leader, follower);
    leader.currentTime = 7;
    leader.dispatchEvent(new Event("seeked"));
    expect(follower.currentTime).toBe(7);
    stop();
    leader.currentTime = 9;
    leader.dispatchEvent(new Event("seeked"));
    expect(follower.currentTime).toBe(7);
  });
});
