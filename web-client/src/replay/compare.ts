// Two answers on one clock: their curves over each other, and the gap between them.
import type { Report, ReportAnswer } from "../api/types";
import { lanes, type Lane, type LaneId } from "./lanes";

export interface Side {
  report: Report;
  answer: ReportAnswer;
}

export const lengthOf = (side: Side): number => Math.max(0, side.answer.end - side.answer.start);

/** The pair that is compared at first: two answers to one question if there are any, else the first of each. */
export function firstPair(a: Report, b: Report): [number, number] {
  for (const [i, mine] of a.answers.entries()) {
    const j = b.answers.findIndex((other) => other.question_id !== null && other.question_id === mine.question_id);
    if (j >= 0) return [i, j];
  }
  return [0, 0];
}

/** The part of a series that belongs to an answer, in samples of its step. */
export function sliceOf(
  values: readonly (number | null)[],
  step: number,
  start: number,
  end: number,
): (number | null)[] {
  return values.slice(Math.max(0, Math.round(start / step)), Math.max(0, Math.round(end / step) + 1));
}

const ON_ONE_CLOCK: LaneId[] = ["pace", "pitch", "volume", "affect", "eye_contact", "stress"];

/** The lanes of both, each lane with both curves and the gap between them; speech one below the other. */
export function compareLanes(a: Side, b: Side): Lane[] {
  const [left, right] = [lanes(a.report, null), lanes(b.report, null)];
  const shift = (lane: Lane | undefined, side: Side, name: string): Lane[] =>
    lane
      ? [
          {
            ...lane,
            title: `Speech ${name}`,
            blocks: lane.blocks
              .map((block) => ({
                ...block,
                start: Math.max(0, block.start - side.answer.start),
                end: Math.min(side.answer.end, block.end) - side.answer.start,
              }))
              .filter((block) => block.end > block.start),
          },
        ]
      : [];
  const speech = [
    ...shift(
      left.find((lane) => lane.id === "speech"),
      a,
      "A",
    ),
    ...shift(
      right.find((lane) => lane.id === "speech"),
      b,
      "B",
    ).map((lane) => ({ ...lane, key: "speech-b" })),
  ];
  const curves = ON_ONE_CLOCK.flatMap((id) => {
    const mine = left.find((lane) => lane.id === id);
    const other = right.find((lane) => lane.id === id);
    const [first, second] = [mine?.curves[0], other?.curves[0]];
    if (!mine || !other || !first || !second) return [];
    const step = a.report.series.step_ms || 500;
    const of = (side: Side, values: (number | null)[]) => sliceOf(values, step, side.answer.start, side.answer.end);
    const [x, y] = [of(a, first.values), of(b, second.values)];
    const length = Math.max(x.length, y.length);
    const times = Array.from({ length }, (_, i) => i * step);
    const fill = (values: (number | null)[]) => times.map((_, i) => values[i] ?? null);
    return [
      {
        ...mine,
        title: id === "affect" ? "Positive" : mine.title,
        gap: true,
        blocks: [],
        range: { min: Math.min(mine.range.min, other.range.min), max: Math.max(mine.range.max, other.range.max) },
        curves: [
          { label: "A", times, values: fill(x), colour: "--lane-1" },
          { label: "B", times, values: fill(y), colour: "--lane-2", dashed: true },
        ],
      },
    ];
  });
  return [...speech, ...curves];
}
