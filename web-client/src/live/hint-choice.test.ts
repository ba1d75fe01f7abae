// Hints can be switched off, one by one or all.
import { beforeEach, describe, expect, it } from "vitest";
import { keepSwitchedOff, settings, switchedOff, switchHint } from "./hint-choice";

const all = [{ id: "slow_down" }, { id: "speak_up" }];
beforeEach(() => localStorage.clear());

describe("the choice of hints", () => {
  it("is all of them at first, and remembers what was switched off", () => {
    expect(settings(all, switchedOff()).enabled).toEqual(["slow_down", "speak_up"]);
    keepSwitchedOff(["slow_down"]);
    expect(settings(all, switchedOff()).enabled).toEqual(["speak_up"]);
  });

  it("is without a hint that was called not helpful, until that is taken back", () => {
    switchHint("slow_down", false);
    switchHint("slow_down", false);
    expect(settings(all, switchedOff()).enabled).toEqual(["speak_up"]);
    switchHint("slow_down", true);
    switchHint("speak_up", true);
    expect(settings(all, switchedOff()).enabled).toEqual(["slow_down", "speak_up"]);
  });

  it("can be none", () => {
    expect(settings(all, ["slow_down", "speak_up"]).enabled).toEqual([]);
  });

  it("survives nonsense in the browser's storage", () => {
    for (const nonsense of ["{", "7", '{"a":1}', '[1,null,"slow_down"]']) {
      localStorage.setItem("coach.hints.off", nonsense);
      expect(switchedOff().every((id) => id === "slow_down")).toBe(true);
    }
  });
});
