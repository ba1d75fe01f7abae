// What differs between two answers, which of them is nearer each aim, and the sentence that says it first.
import type { Comparison, ReportAnswer, Score, ScoreName } from "../api/types";
import { bandOf } from "./band";
import { inWords } from "./measures";
import { SCORES } from "./words";

export type Letter = "A" | "B";
export type Nearer =
  | { is: Letter; clearly: boolean }
  /** A difference that is there and says nothing for either. */
  | { is: "same" }
  | { is: "no_aim" }
  /** The bands of the two scores overlap. */
  | { is: "too_close" }
  | { is: "unknown" };

export interface Row {
  id: string;
  name: string;
  /** Set for a score. */
  score: ScoreName | null;
  a: string | null;
  b: string | null;
  /** "+24", where both values are numbers that can be taken from each other. */
  difference: string | null;
  nearer: Nearer;
}

/** A listener notices a difference of this size, in the report's own measure of it. */
const NOTICED = 1;
/** One answer is nearer an aim if it brought so much more of the points, and clearly so from the second on. */
const NEARER = 0.1;
const CLEARLY = 0.3;
/** Measures that are listed at most, those that differ most. */
const MEASURES = 6;

/** Share of its points that a measure brought in an answer, 0 to 1; null: it counts for none of its scores. */
function shareOf(answer: ReportAnswer, metric: string): number | null {
  const found = Object.values(answer.scores)
    .flatMap((score) => score.contributions)
    .find((x) => x.metric === metric && x.value !== null && x.weight > 0);
  return found ? Math.min(1, Math.max(0, found.points / (found.weight * 100))) : null;
}

function nearerOf(a: number | null, b: number | null): Nearer {
  if (a === null || b === null) return { is: "no_aim" };
  const more = Math.abs(a - b);
  return more < NEARER ? { is: "same" } : { is: a > b ? "A" : "B", clearly: more >= CLEARLY };
}

/** The difference of two values as they are shown: "+24", "−0.5", "0". */
function signed(a: number, b: number, decimals: number): string {
  const difference = Number(a.toFixed(decimals)) - Number(b.toFixed(decimals));
  const text = Math.abs(difference).toFixed(decimals);
  if (Number(text) === 0) return "0";
  return `${difference > 0 ? "+" : "−"}${text}`;
}

/** How a difference is written by unit: its factor and its decimals. What is shown in words has none. */
const DIFFERENCES: Record<string, [factor: number, decimals: number]> = {
  wpm: [1, 0],
  share: [100, 0],
  "syl/s": [1, 1],
  s: [1, 1],
  "s/min": [1, 1],
  "/min": [1, 1],
  smiles: [1, 0],
};

type Gap = Comparison["gaps"][number];

function measureRow(gap: Gap, left: ReportAnswer, right: ReportAnswer): Row {
  const { id, name, unit, a, b } = gap;
  const of = (value: number | null, text: string | null | undefined) =>
    value === null ? null : inWords({ value, unit, text });
  const [factor, decimals] = DIFFERENCES[unit] ?? [0, 0];
  return {
    id,
    name,
    score: null,
    a: of(a, gap.text_a),
    b: of(b, gap.text_b),
    difference: a === null || b === null || factor === 0 ? null : signed(a * factor, b * factor, decimals),
    nearer: nearerOf(shareOf(left, id), shareOf(right, id)),
  };
}

function scoreNearer(a: Score, b: Score): Nearer {
  if (a.value === null || b.value === null) return { is: "unknown" };
  const [x, y] = [bandOf(a), bandOf(b)];
  const apart = x && y ? x.low > y.high || y.low > x.high : Math.abs(a.value - b.value) >= 10;
  if (!apart) return { is: "too_close" };
  return { is: a.value > b.value ? "A" : "B", clearly: Math.abs(a.value - b.value) >= 20 };
}

/** Returns the measures that a listener would notice, those that differ most first. */
const noticed = (comparison: Comparison): Gap[] =>
  comparison.gaps
    .filter(({ id, noticeable }) => !SCORES.some(({ name }) => name === id) && Math.abs(noticeable ?? 0) >= NOTICED)
    .sort((x, y) => Math.abs(y.noticeable ?? 0) - Math.abs(x.noticeable ?? 0))
    .slice(0, MEASURES);

/** Returns the rows of the table: the measures that differ most, then the four scores. */
export function differenceRows(comparison: Comparison | undefined, a: ReportAnswer, b: ReportAnswer): Row[] {
  const scores = SCORES.map(({ name, title }): Row => {
    const [left, right] = [a.scores[name], b.scores[name]];
    return {
      id: name,
      name: title,
      score: name,
      a: left.value === null ? null : left.value.toFixed(0),
      b: right.value === null ? null : right.value.toFixed(0),
      difference: left.value === null || right.value === null ? null : signed(left.value, right.value, 0),
      nearer: scoreNearer(left, right),
    };
  });
  return [...(comparison ? noticed(comparison).map((gap) => measureRow(gap, a, b)) : []), ...scores];
}

/** "pace", "pace and smiles", "pace, smiles and volume". */
function listed(names: readonly string[]): string {
  const low = names.map((name) => name.charAt(0).toLowerCase() + name.slice(1));
  return low.length < 2 ? (low[0] ?? "") : `${low.slice(0, -1).join(", ")} and ${low.at(-1)}`;
}

const PHASES: Record<string, string> = { opening: "beginning", middle: "middle", close: "end" };

/** Where the largest difference is widest; null: nowhere in particular. */
function widest({ phases, gaps }: Comparison, id: string): string | null {
  const gap = gaps.find((x) => x.id === id);
  const sizes = (gap?.phases ?? []).map(([a, b]) => (a == null || b == null ? null : Math.abs(a - b)));
  const known = sizes.filter((x) => x !== null);
  const most = Math.max(...known, 0);
  // A third that is not clearly wider than the narrowest one is none to name.
  if (known.length < 2 || most === 0 || most < 1.25 * Math.min(...known)) return null;
  return PHASES[phases[sizes.indexOf(most)]?.id ?? ""] ?? null;
}

export interface Verdict {
  /** Which of the two is nearer which aims. */
  first: string;
  /** The widest difference with both its values, and where it is widest. */
  then: string | null;
}

/** Returns what is said first; null: there is nothing to compare by, as with answers to different questions. */
export function verdict(comparison: Comparison, a: ReportAnswer, b: ReportAnswer): Verdict | null {
  if (!comparison.same_question) return null;
  const rows = differenceRows(comparison, a, b).filter(({ score }) => score === null);
  const of = (letter: Letter) => rows.filter(({ nearer }) => nearer.is === letter).map(({ name }) => name);
  const [left, right] = [of("A"), of("B")];
  const [top] = rows;
  const parts = [
    left.length > 0 ? `A is nearer the aim in ${listed(left)}` : "",
    right.length > 0 ? `B is nearer the aim in ${listed(right)}` : "",
  ].filter(Boolean);
  if (!top) return { first: "A and B are close.", then: "Nothing differs by as much as a listener would notice." };
  const first = parts.length > 0 ? `${parts.join("; ")}.` : "A and B differ, and neither is nearer an aim.";
  const where = widest(comparison, top.id);
  const values = `${top.name}: ${top.a ?? "unknown"} in A, ${top.b ?? "unknown"} in B`;
  return { first, then: `${values}${where ? `, furthest apart in the ${where}` : ""}.` };
}
