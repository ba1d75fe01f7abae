// What the interviewer asks becomes the question of the Arena; the server knows of it already.
import type { AskedQuestion } from "../../api/types";
import { start, zero } from "../../live/timer";
import type { ArenaState, Step } from "./arena-state";

interface Asked {
  id: string | null;
  text: string;
}

/** Where the question is among those of the round; one of the interviewer's own comes behind the present one. */
function placed(state: ArenaState, { id, text }: Asked): { questions: readonly AskedQuestion[]; index: number } {
  const found = state.questions.findIndex((question) => (id === null ? question.text === text : question.id === id));
  if (found >= 0) return { questions: state.questions, index: found };
  const own: AskedQuestion = { id: id ?? "", text, family: "motivation", suggested_ms: 0 };
  const index = Math.min(state.index + 1, state.questions.length);
  return { questions: [...state.questions.slice(0, index), own, ...state.questions.slice(index)], index };
}

export function asked(state: ArenaState, question: Asked, now: number): Step {
  if (state.stage.at === "ended") return { state, effects: [] };
  const { questions, index } = placed(state, question);
  if (questions === state.questions && index === state.asked) return { state, effects: [] };
  // The clock of the answer before does not count for this one.
  const runs = state.timer.since !== null;
  const timer = runs ? start(zero, now) : zero;
  return { state: { ...state, questions, index, asked: index, timer, hint: null, further: null }, effects: [] };
}
