// Every score opens into what it rests on.
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Score, Scores } from "../../api/types";
import { ScoreCards } from "./score-cards";
import { wordsOf } from "./words";

afterEach(cleanup);

const score = (value: number | null, more: Partial<Score> = {}): Score => ({
  value,
  coverage: 1,
  reason: null,
  range: null,
  unknown: 0,
  contributions: [],
  ...more,
});
const moments = [{ start: 42_000, end: 46_200, why: "4.2 s pause", good: false }];
const scores: Scores = {
  confidence: score(74.4),
  clarity: score(61, {
    contributions: [
      {
        metric: "pace",
        name: "Pace",
        value: 172,
        text: "172 words a minute, counted in the words",
        usual: null,
        reason: null,
        unit: "wpm",
        target: "120 to 160 wpm",
        baseline: null,
        weight: 0.4,
        points: 20.8,
        moments,
      },
    ],
  }),
  resilience: score(null, { coverage: 0.2, reason: "9 s of good face, 10 s are needed" }),
  engagement: score(58, { coverage: 0.6 }),
};

function show() {
  const calls = { onLight: vi.fn(), onPin: vi.fn(), onPlay: vi.fn() };
  render(
    <ScoreCards
      scores={scores}
      words={["Clarity 61 of 100. Carried by pauses.", "To work on: the pace."]}
      lit={null}
      {...calls}
    />,
  );
  return calls;
}

describe("the score cards", () => {
  it("show whole numbers, and a dash with its reason where there is not enough to say", () => {
    show();
    expect(screen.getByTestId("score-value-confidence").textContent).toBe("about 74");
    expect(screen.getByTestId("score-value-resilience").textContent).toContain("–");
    expect(screen.getByTestId("score-resilience").textContent).toContain("10 s are needed");
    expect(screen.getByTestId("score-engagement").textContent).toContain("60 %");
  });

  it("open into contributions, one card at a time", async () => {
    show();
    await userEvent.click(within(screen.getByTestId("score-clarity")).getByRole("button"));
    expect(screen.getByTestId("contribution").textContent).toContain("172 words a minute");
    expect(screen.getByTestId("contribution").textContent).toContain("21 of 40");
    expect(screen.getByText(/Carried by pauses/)).toBeTruthy();
    expect(screen.queryByText(/To work on/)).toBeNull();
    await userEvent.click(within(screen.getByTestId("score-confidence")).getByRole("button"));
    expect(screen.queryByTestId("contribution")).toBeNull();
  });

  it("say why a contribution has no number", async () => {
    const noisy = {
      metric: "pitch_variation",
      name: "Pitch variation",
      value: null,
      text: null,
      usual: null,
      reason: "too noisy to judge",
      unit: "st",
      target: "3 st or more",
      baseline: null,
      weight: 0,
      points: 0,
      moments: [],
    };
    render(
      <ScoreCards
        scores={{ ...scores, engagement: score(58, { contributions: [noisy] }) }}
        words={[]}
        lit={null}
        onLight={vi.fn()}
        onPin={vi.fn()}
        onPlay={vi.fn()}
      />,
    );
    await userEvent.click(within(screen.getByTestId("score-engagement")).getByRole("button"));
    expect(screen.getByTestId("contribution").textContent).toContain("too noisy to judge");
  });

  it("take the words about their score, said or unsaid, and leave the advice", () => {
    const words = [
      "Clarity 61 of 100. Carried by pauses.",
      "Resilience: not enough to say. Too little.",
      "To work on, 1: the pace.",
    ];
    expect(wordsOf(words, "clarity")).toEqual(words.slice(0, 1));
    expect(wordsOf(words, "resilience")).toEqual(words.slice(1, 2));
    expect(wordsOf(words, null)).toEqual(words.slice(2));
  });

  it("light up a contribution's moments by mouse and by focus, and seek to one", async () => {
    const calls = show();
    await userEvent.click(within(screen.getByTestId("score-clarity")).getByRole("button"));
    await userEvent.hover(screen.getByTestId("contribution"));
    expect(calls.onLight).toHaveBeenLastCalledWith({ score: "clarity", metric: "pace", moments });
    await userEvent.unhover(screen.getByTestId("contribution"));
    expect(calls.onLight).toHaveBeenLastCalledWith(null);
    await userEvent.tab();
    expect(calls.onLight).toHaveBeenLastCalledWith({ score: "clarity", metric: "pace", moments });
    await userEvent.click(screen.getByTestId("moment"));
    expect(calls.onPlay).toHaveBeenCalledWith(42_000, 46_200);
  });
});
