// What is remembered of a round survives a reload, and nonsense in its place does no harm.
import { beforeEach, describe, expect, it } from "vitest";
import { keepEnding, recallEnding } from "./ending";
import { forgetRound, keepRound, recallRound, waitsFor } from "./round";

const round = { session: "s", index: 1, count: 3, question: "Why?", spent_ms: 47_000, at: 1_000_000 };

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

describe("a remembered round", () => {
  it("is the one that was kept, until it is forgotten", () => {
    keepRound(round);
    expect(recallRound()).toEqual(round);
    forgetRound("another");
    expect(recallRound()).toEqual(round);
    forgetRound("s");
    expect(recallRound()).toBeNull();
  });

  it("is none where something else is kept", () => {
    for (const text of [
      "",
      "7",
      "[]",
      "{}",
      '{"session":"s"}',
      JSON.stringify({ ...round, index: -1 }),
      JSON.stringify({ ...round, at: "soon" }),
    ]) {
      localStorage.setItem("coach.round", text);
      expect(recallRound(), text).toBeNull();
    }
  });

  it("waits a minute from the last sign of life, whatever the clock does", () => {
    expect([0, 8000, 61_000].map((later) => waitsFor(round, round.at + later))).toEqual([60_000, 52_000, 0]);
    expect(waitsFor(round, round.at - 99_000)).toBe(60_000);
  });
});

describe("a kept ending", () => {
  it("belongs to its session, and nonsense is none", () => {
    keepEnding({ session: "s", ending: "restart", open: ["q"] });
    expect(recallEnding("s")).toEqual({ session: "s", ending: "restart", open: ["q"] });
    expect(recallEnding("t")).toBeNull();
    for (const text of ["{", '{"session":"s"}', '{"session":"s","ending":"party","open":[]}']) {
      sessionStorage.setItem("coach.ending", text);
      expect(recallEnding("s"), text).toBeNull();
    }
  });
});
