// One hint at a time, and none too late.
import { describe, expect, it } from "vitest";
import { arrive, hush, NO_HINTS, STALE_MS, tick, type Hint } from "./hints";

const hint = (id: string, t = 0): Hint => ({ id, text: id, evidence: "", positive: false, t, for_ms: 4000 });

describe("the hint on screen", () => {
  it("stays its four seconds and goes", () => {
    const shown = arrive(NO_HINTS, hint("slow_down"), 100);
    expect(shown.shown?.hint.id).toBe("slow_down");
    expect(tick(shown, 4099)).toBe(shown);
    expect(tick(shown, 4100).shown).toBeNull();
  });

  it("is not pushed out by the next one, which waits its turn", () => {
    const both = arrive(arrive(NO_HINTS, hint("a"), 0), hint("b"), 2000);
    expect(both.shown?.hint.id).toBe("a");
    expect(tick(both, 4000).shown?.hint.id).toBe("b");
  });

  it("is dropped when it would come too late to be true", () => {
    const both = arrive(arrive(NO_HINTS, hint("a"), 0), hint("b"), 4000 - STALE_MS - 1);
    expect(tick(both, 4000)).toBe(NO_HINTS);
  });

  it("is not said twice while it shows", () => {
    const once = arrive(NO_HINTS, hint("a"), 0);
    expect(arrive(once, hint("a", 9), 100).waiting).toEqual([]);
  });

  it("never queues more than two, whatever the server sends", () => {
    let state = NO_HINTS;
    for (let i = 0; i < 500; i++) state = arrive(state, hint(`hint-${i}`), 10);
    expect(state.waiting.length).toBe(2);
  });

  it("is taken down by a pause", () => {
    expect(hush().shown).toBeNull();
  });
});
