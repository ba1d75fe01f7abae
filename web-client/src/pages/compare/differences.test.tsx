// The sentence that a comparison begins with, and its table.
import type { UseQueryResult } from "@tanstack/react-query";
import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Problem } from "../../api/problem";
import type { Comparison, ReportAnswer } from "../../api/types";
import { Differences, VerdictLine } from "./differences";

afterEach(cleanup);

const score = (value: number | null, share: number) => ({
  value,
  coverage: 1,
  reason: null,
  range: value === null ? null : [value - 5, value + 5],
  unknown: 0,
  contributions: [
    { metric: "pace", value: 1, unit: "wpm", target: "", baseline: null, weight: 1, points: share * 100, moments: [] },
  ],
});
const answer = (clarity: number, share: number) => {
  const none = { value: null, coverage: 0, reason: "no face", range: null, unknown: 0, contributions: [] };
  return {
    scores: { clarity: score(clarity, share), confidence: none, resilience: none, engagement: none },
  } as unknown as ReportAnswer;
};
const [a, b] = [answer(29, 0), answer(84, 1)];
const data = {
  same_question: true,
  phases: [],
  words: [],
  gaps: [
    { id: "pace", name: "Pace", unit: "wpm", a: 272, b: 179, noticeable: 6, phases: [], moments_a: [], moments_b: [] },
  ],
} as unknown as Comparison;
const query = (of: Partial<UseQueryResult<Comparison>>) => of as UseQueryResult<Comparison>;

describe("the verdict line", () => {
  it("is a sentence before anything else is looked at", () => {
    render(<VerdictLine a={a} b={b} comparison={query({ data })} />);
    expect(screen.getByTestId("verdict").textContent).toBe(
      "B is nearer the aim in pace. Pace: 272 words a minute in A, 179 words a minute in B.",
    );
  });

  it("says so when the questions differ, and when the server could not compare", () => {
    render(<VerdictLine a={a} b={b} comparison={query({ data: { ...data, same_question: false } })} />);
    expect(screen.getByTestId("verdict").textContent).toContain("answers to different questions");
    cleanup();
    const error = new Problem(409, "state", "The report is not ready", null);
    render(<VerdictLine a={a} b={b} comparison={query({ isError: true, error })} />);
    expect(screen.getByTestId("verdict").textContent).toContain("The report is not ready. The curves below");
  });
});

describe("the table of differences", () => {
  it("has a row per measure and score, with both values, their difference and the nearer one", () => {
    render(<Differences a={a} b={b} comparison={query({ data })} />);
    const cells = (row: string) =>
      within(document.querySelector<HTMLElement>(`[data-row=${row}]`) ?? document.body)
        .getAllByRole("cell")
        .map((cell) => cell.textContent);
    expect(cells("pace")).toEqual(["272 words a minute", "179 words a minute", "+93", "Bclearly"]);
    expect(cells("clarity")).toEqual(["29", "84", "−55", "Bclearly"]);
    expect(cells("resilience")).toEqual(["–not enough to say", "–not enough to say", "", "cannot say"]);
  });

  it("has the scores alone while the comparison is on its way", () => {
    render(<Differences a={a} b={b} comparison={query({ isPending: true })} />);
    expect(screen.getAllByRole("rowheader")).toHaveLength(4);
  });
});
