// What was said, as lines, captions and counts.
import { describe, expect, it } from "vitest";
import type { Report } from "../api/types";
import { captionAt, fillersIn, holds, linesOf } from "./transcript";

const phrase = (start: number, text: string, logp = -0.05) => ({
  t: start,
  start,
  end: start + text.split(" ").length * 300,
  text,
  logp,
  complete: true,
  source: "test",
  words: text
    .split(" ")
    .map((w, i) => ({ w, start: start + i * 300, end: start + i * 300 + 250, filler: w === "um,", logp })),
});
const report = {
  transcript: [
    phrase(1000, "I, um, pressed the button"),
    phrase(4000, "and then nothing happened for a very long time", -0.9),
  ],
} as unknown as Report;

describe("a transcript", () => {
  it("has a line for each phrase, says where one paused, and which are guesses", () => {
    const lines = linesOf(report, 0, 10_000);
    expect(lines.map(({ pauseMs, uncertain }) => [pauseMs, uncertain])).toEqual([[null, false], [1500, true]]); // prettier-ignore
    expect(fillersIn(lines)).toBe(1);
    expect(lines.filter((line) => holds(line, " BUTTON ")).length).toBe(1);
  });

  it("shows what its owner says instead until the report has it", () => {
    const corrections = [
      { start_ms: 1000, text: "I pressed the bottom" },
      { start_ms: 4000, text: "and then nothing happened for a very long time" },
      { start_ms: 7, text: "of another session" },
    ];
    const lines = linesOf(report, 0, 10_000, corrections);
    expect(lines.map(({ instead }) => instead)).toEqual(["I pressed the bottom", null]);
    expect(lines.filter((line) => holds(line, "bottom")).length).toBe(1);
    expect(lines.filter((line) => holds(line, "button")).length).toBe(0);
  });

  it("is cut to the answer that is looked at", () => {
    expect(linesOf(report, 3500, 10_000).length).toBe(1);
  });

  it("is a caption of a few words at a time, and none in silence", () => {
    expect(captionAt(report, 1700)).toBe("I, um, pressed the button");
    expect(captionAt(report, 3500)).toBeNull();
    expect(captionAt(report, 4000 + 8 * 300)).toBe("time");
  });

  it("is empty in a report that knows of none", () => {
    expect(linesOf({} as Report, 0, 10_000)).toEqual([]);
    expect(captionAt({} as Report, 5)).toBeNull();
  });
});
