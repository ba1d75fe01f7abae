// The interviewer asks.
import { describe, expect, it } from "vitest";
import type { AskedQuestion } from "../../api/types";
import { beginning, transition, type ArenaState } from "./arena-state";

const question = (id: string): AskedQuestion => ({ id, text: `About ${id}`, family: "failure", suggested_ms: 60_000 });
const answering = (): ArenaState => ({
  ...beginning({
    questions: ["a", "b", "c"].map(question),
    index: 0,
    spent_ms: 5000,
    prepareS: 0,
    readAloud: false,
    followUps: false,
  }),
  stage: { at: "answering" },
  connection: { is: "live" },
  asked: 0,
  timer: { before: 5000, since: 100 },
});

describe("a question of the interviewer", () => {
  it("is shown at once with a clock of its own, and the server is not told again", () => {
    const { state, effects } = transition(answering(), { is: "asked", id: "c", text: "About c" }, 900);
    expect([state.index, state.asked, state.timer, effects]).toEqual([2, 2, { before: 0, since: 900 }, []]);
  });

  it("of their own comes behind the present one, and the others follow", () => {
    const { state } = transition(answering(), { is: "asked", id: null, text: "Why here?" }, 900);
    expect(state.questions.map(({ text }) => text)).toEqual(["About a", "Why here?", "About b", "About c"]);
    expect(state.index).toBe(1);
  });

  it("that is asked twice changes nothing", () => {
    const first = transition(answering(), { is: "asked", id: null, text: "Why here?" }, 900).state;
    expect(transition(first, { is: "asked", id: null, text: "Why here?" }, 2000).state).toBe(first);
    const over: ArenaState = { ...answering(), stage: { at: "ended", ending: "stopped" } };
    expect(transition(over, { is: "asked", id: "b", text: "About b" }, 1).state).toBe(over);
  });
});
