// What a report says first, of reports old and new, and of nonsense.
import { describe, expect, it } from "vitest";
import type { Report, ReportAnswer, Score } from "../api/types";
import { advices, readAdvice } from "./advice";
import { bandOf, spoken } from "./band";

const answer = (start: number, end: number, more: object = {}): ReportAnswer =>
  ({ question: "Q", question_id: "q", start, end, words: [], metrics: {}, ...more }) as unknown as ReportAnswer;
const report = (overall: ReportAnswer, answers: ReportAnswer[] = []): Report =>
  ({ overall, answers }) as unknown as Report;

describe("advice", () => {
  it("is praise first, then one thing to try, each with its moment and its answer", () => {
    const overall = answer(0, 90_000, {
      praise: [
        { id: "long_pauses", text: "You paused well.", answers: [], worst: { start: 1000, end: 3000 } },
        { id: "volume", text: "Even voice.", answers: [], worst: null },
        { id: "pace", text: "A third.", answers: [], worst: null },
      ],
      advice: [{ id: "pace", text: "Slow down.", answers: [1], worst: { start: 50_000, end: 58_000 } }],
      words: ["Try next: Slow down.", "Clarity about 61 (56 to 66).", "Something else."],
    });
    const { well, next, more } = advices(report(overall, [answer(0, 40_000), answer(40_000, 90_000)]), overall);
    expect(well.map(({ text, answer }) => [text, answer])).toEqual([["You paused well.", 0], ["Even voice.", null]]); // prettier-ignore
    expect(next).toEqual({ text: "Slow down.", span: { start: 50_000, end: 58_000 }, answer: 1 });
    expect(more.map(({ text }) => text)).toEqual(["Something else."]);
  });

  it("of an old report is its first sentence, without praise and without a moment", () => {
    const one = answer(0, 40_000, { words: ["To work on: pace.", "To work on: volume."] });
    expect(advices(report(one, [one]), one)).toEqual({
      well: [],
      next: { text: "To work on: pace.", span: null, answer: 0 },
      more: [{ text: "To work on: volume.", span: null, answer: 0 }],
    });
  });

  it("is none where there is none", () => {
    const overall = answer(0, 1000, { praise: 7, advice: [{ start: 3 }, 4], words: null });
    expect(advices(report(overall), overall)).toEqual({ well: [], next: null, more: [] });
    for (const raw of [null, 7, "", "  ", {}, { text: 3 }, []]) expect(readAdvice(raw)).toBeNull();
    expect(readAdvice({ text: "x", worst: { start: 9, end: 3 }, answers: ["y"] })).toEqual({
      text: "x",
      span: null,
      answer: null,
    });
  });
});

describe("the band of a score", () => {
  const score = (more: object): Score => ({
    value: 68,
    coverage: 1,
    reason: null,
    range: null,
    unknown: 0,
    contributions: [],
    ...more,
  });

  it("is what the report gives, within the scale", () => {
    expect(bandOf(score({ range: [61, 76] }))).toEqual({ low: 61, high: 76 });
    expect(bandOf(score({ range: [-3, 105] }))).toEqual({ low: 0, high: 100 });
    expect(spoken("Clarity", score({ range: [61, 76] }))).toBe("Clarity: about 68, between 61 and 76");
  });

  it("is none where none is given, and may stand without a number", () => {
    for (const range of [null, [], [80, 20], ["a", "b"], 7]) expect(bandOf(score({ range }))).toBeNull();
    expect(spoken("Clarity", score({ value: null, range: [40, 70], reason: "Too noisy." }))).toBe(
      "Clarity: between 40 and 70. Too noisy.",
    );
    expect(bandOf(score({}))).toBeNull();
    expect(spoken("Clarity", score({ value: null, reason: "too short" }))).toBe("Clarity: too short");
  });
});
