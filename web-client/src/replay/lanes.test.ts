// What the lanes hold, from a full report, an empty one, and two compared.
import { describe, expect, it } from "vitest";
import type { Report, ReportAnswer, Score } from "../api/types";
import { compareLanes, firstPair, lengthOf } from "./compare";
import { emptyTracks } from "./journal";
import { lanes, speechBlocks } from "./lanes";

const score = (): Score => ({ value: null, coverage: 0, reason: null, range: null, unknown: 0, contributions: [] });
const answer = (start: number, end: number, more: Partial<ReportAnswer> = {}): ReportAnswer => ({
  question: null,
  question_id: null,
  suggested_ms: null,
  start,
  end,
  metrics: {},
  words: [],
  praise: [],
  advice: [],
  outline: null,
  follow_up: null,
  scores: { confidence: score(), clarity: score(), resilience: score(), engagement: score() },
  ...more,
});
const report = (more: Partial<Report> = {}): Report => ({
  version: 1,
  notices: [],
  turns: null,
  formulas: {},
  duration_ms: 10_000,
  coverage: { face: 0, voice: 0, speech_s: 0, face_s: 0 },
  answers: [answer(0, 10_000)],
  overall: answer(0, 10_000),
  metrics: {},
  series: {
    step_ms: 500,
    valence: [],
    arousal: [],
    stress: [],
    pace_wpm: [],
    pitch_st: [],
    level_db: [],
    eye_contact: [],
    expressiveness: [],
  },
  pauses: [],
  stress: [],
  hints: [],
  voice: {},
  transcript: [],
  recognizer: null,
  unwritten: [],
  without_check: null,
  ...more,
});

describe("the lanes", () => {
  it("are all there for a report that holds nothing", () => {
    const rows = lanes(report(), null);
    expect(rows.map((lane) => lane.id)).toEqual([
      "speech",
      "pace",
      "pitch",
      "volume",
      "affect",
      "eye_contact",
      "stress",
      "hints",
    ]);
    expect(rows.every((lane) => lane.blocks.length === 0 && lane.range.max > lane.range.min)).toBe(true);
  });

  it("show speech between the pauses until the journal tells more", () => {
    const spoken = report({
      coverage: { face: 0, voice: 1, speech_s: 7, face_s: 0 },
      pauses: [{ start: 2000, end: 5000, class: "long" }],
    });
    expect(speechBlocks(spoken, null).map(({ start, end, label }) => [start, end, label])).toEqual([
      [0, 2000, "speech"],
      [5000, 10_000, "speech"],
      [2000, 5000, "3.0 s pause"],
    ]);
    const tracks = { ...emptyTracks(), voiceTimes: [0, 100, 200, 300], speech: [0.1, 0.9, 0.9, 0.2] };
    expect(speechBlocks(spoken, tracks)[0]).toMatchObject({ start: 100, end: 300 });
  });

  it("say in a sentence what they show", () => {
    const rows = lanes(report({ series: { ...report().series, pace_wpm: [null, 140, 150, 160] } }), null);
    expect(rows.find((lane) => lane.id === "pace")?.summary).toBe("Pace: usually 150 words per minute.");
    expect(rows.find((lane) => lane.id === "volume")?.summary).toBe("Volume: nothing known.");
  });

  it("draw pitch in semitones around the person's own middle", () => {
    const tracks = {
      ...emptyTracks(),
      voiceTimes: [0, 100, 200],
      speech: [1, 1, 0],
      f0: [100, 200, 100],
    };
    const pitch = lanes(report(), tracks).find((lane) => lane.id === "pitch");
    expect(pitch?.curves[0]?.values).toEqual([0, 12, null]);
  });
});

describe("two answers compared", () => {
  it("are answers to the same question, if there are any", () => {
    const a = report({ answers: [answer(0, 1, { question_id: "x" }), answer(1, 2, { question_id: "y" })] });
    expect(firstPair(a, report({ answers: [answer(0, 1, { question_id: "y" })] }))).toEqual([1, 0]);
    expect(firstPair(a, report())).toEqual([0, 0]);
  });

  it("start together on one clock, whatever their place in the session", () => {
    const pace = Array.from({ length: 21 }, (_, i) => 100 + i);
    const one = report({ series: { ...report().series, pace_wpm: pace } });
    const rows = compareLanes({ report: one, answer: answer(5000, 7000) }, { report: one, answer: answer(0, 4000) });
    const lane = rows.find((row) => row.id === "pace");
    expect(lane?.curves[0]?.values.slice(0, 6)).toEqual([110, 111, 112, 113, 114, null]);
    expect(lane?.curves[1]?.values[0]).toBe(100);
    expect(new Set(rows.map((row) => row.key ?? row.id)).size).toBe(rows.length);
  });

  it("have no length below zero", () => {
    expect(lengthOf({ report: report(), answer: answer(10, 0) })).toBe(0);
  });
});
