// Which of two answers is nearer its aims, and how that is said.
import { describe, expect, it } from "vitest";
import type { Comparison, Contribution, ReportAnswer, Score } from "../api/types";
import { differenceRows, verdict } from "./verdict";

const part = (metric: string, value: number | null, share: number): Contribution => ({
  metric,
  name: metric,
  value,
  text: null,
  usual: null,
  reason: null,
  unit: "",
  target: "",
  baseline: null,
  weight: 0.5,
  points: share * 50,
  moments: [],
});
const score = (value: number | null, range: number[] | null, contributions: Contribution[] = []): Score => ({
  value,
  coverage: 1,
  reason: null,
  range,
  unknown: 0,
  contributions,
});
function answer(clarity: Score, confidence = score(70, [65, 75])): ReportAnswer {
  const none = score(null, null);
  return { scores: { confidence, clarity, resilience: none, engagement: none } } as unknown as ReportAnswer;
}
const gap = (
  id: string,
  name: string,
  unit: string,
  a: number | null,
  b: number | null,
  noticeable: number | null,
) => ({
  id,
  name,
  unit,
  a,
  b,
  noticeable,
  phases: [] as (number | null)[][],
  moments_a: [],
  moments_b: [],
});
const comparison = (gaps: ReturnType<typeof gap>[], same_question = true): Comparison =>
  ({
    same_question,
    words: [],
    gaps,
    phases: [{ id: "opening" }, { id: "middle" }, { id: "close" }],
    a: {},
    b: {},
  }) as unknown as Comparison;

const fast = answer(score(29, [24, 34], [part("pace", 272, 0), part("smile", 5, 1), part("pitch_variation", 3, 1)]));
const calm = answer(
  score(84, [79, 89], [part("pace", 150, 1), part("smile", 7, 1), part("pitch_variation", 1.5, 0.3)]),
);
const pace = {
  ...gap("pace", "Pace", "wpm", 272.4, 178.6, 6.2),
  phases: [
    [null, 200],
    [286, 182],
    [262, 200],
  ],
};

describe("the verdict", () => {
  it("says which answer is nearer which aims, then the widest difference and where it is", () => {
    const both = comparison([
      gap("clarity", "Clarity", "", 29, 84, -6.8),
      gap("pitch_variation", "Pitch variation", "st", 3, 1.5, 2.1),
      pace,
      gap("smile", "Smiles", "smiles", 5, 7, -2),
      gap("nods", "Nods", "/min", 1, 1.1, -0.1),
    ]);
    expect(verdict(both, fast, calm)).toEqual({
      first: "A is nearer the aim in pitch variation; B is nearer the aim in pace.",
      then: "Pace: 272 words a minute in A, 179 words a minute in B, furthest apart in the middle.",
    });
  });

  it("says that two answers are close when a listener would notice nothing", () => {
    const close = comparison([
      gap("pace", "Pace", "wpm", 150, 151, -0.1),
      gap("smile", "Smiles", "smiles", 2, null, null),
    ]);
    expect(verdict(close, calm, calm)?.first).toBe("A and B are close.");
  });

  it("names no winner where a difference counts for no score", () => {
    const odd = comparison([gap("nods", "Nods", "/min", 4, 0, 3)]);
    expect(verdict(odd, fast, calm)).toEqual({
      first: "A and B differ, and neither is nearer an aim.",
      then: "Nods: 4.0 a minute in A, 0.0 a minute in B.",
    });
  });

  it("is none for answers to different questions", () => {
    expect(verdict(comparison([pace], false), fast, calm)).toBeNull();
  });
});

describe("the table of differences", () => {
  it("has the measures that differ most first, then the four scores", () => {
    const rows = differenceRows(comparison([gap("smile", "Smiles", "smiles", 5, 7, -2), pace]), fast, calm);
    expect(rows.map(({ id, a, b, difference }) => [id, a, b, difference])).toEqual([
      ["pace", "272 words a minute", "179 words a minute", "+93"],
      ["smile", "5", "7", "−2"],
      ["confidence", "70", "70", "0"],
      ["clarity", "29", "84", "−55"],
      ["resilience", null, null, null],
      ["engagement", null, null, null],
    ]);
    expect(rows.map(({ nearer }) => nearer.is)).toEqual(["B", "same", "too_close", "B", "unknown", "unknown"]);
  });

  it("calls scores too close while their bands overlap", () => {
    const [wide, narrow] = [answer(score(60, [50, 70])), answer(score(72, [68, 76]))];
    const nearer = (x: ReportAnswer, y: ReportAnswer) =>
      differenceRows(undefined, x, y).find(({ id }) => id === "clarity")?.nearer;
    expect(nearer(wide, narrow)).toEqual({ is: "too_close" });
    expect(nearer(answer(score(60, [55, 65])), narrow)).toEqual({ is: "B", clearly: false });
  });

  it("stands six measures at most, and values that are missing", () => {
    const many = Array.from({ length: 12 }, (_, i) => gap(`m${i}`, `M${i}`, "", i, null, i));
    const rows = differenceRows(comparison(many), fast, calm);
    expect(rows.slice(0, 6).map(({ id }) => id)).toEqual(["m11", "m10", "m9", "m8", "m7", "m6"]);
    expect(rows[6]?.id).toBe("confidence");
    expect(rows[0]).toMatchObject({ b: null, difference: null, nearer: { is: "no_aim" } });
  });
});
