// What differs between the two: a sentence first, then a table of the measures that differ most and the four scores.
import type { UseQueryResult } from "@tanstack/react-query";
import { Target } from "lucide-react";
import { asProblem } from "../../api/problem";
import type { Comparison, ReportAnswer } from "../../api/types";
import { differenceRows, verdict, type Nearer, type Row } from "../../replay/verdict";
import { ScoreMark } from "../../ui/score";
import { Badge } from "./badge";

interface Props {
  a: ReportAnswer;
  b: ReportAnswer;
  comparison: UseQueryResult<Comparison>;
}

/** The sentence that the page begins with. */
export function VerdictLine({ a, b, comparison }: Props) {
  const { data } = comparison;
  const said = data ? verdict(data, a, b) : null;
  return (
    <p
      data-testid="verdict"
      role="status"
      className={`mt-4 flex min-h-14 items-center gap-3 rounded-2xl px-5 py-3.5 text-lg ${said ? "bg-accent-soft" : "bg-sunken"}`}
    >
      <Target size={20} aria-hidden="true" className={`shrink-0 ${said ? "text-accent" : "text-ink-3"}`} />
      {comparison.isError ? (
        <span>{asProblem(comparison.error).title}. The curves below are compared all the same.</span>
      ) : !data ? (
        <span className="breathe text-ink-2">Comparing</span>
      ) : said ? (
        <span>
          <strong className="font-semibold">{said.first}</strong> {said.then}
        </span>
      ) : (
        <span>These are answers to different questions: they are shown side by side, without a verdict.</span>
      )}
    </p>
  );
}

const WITHOUT: Record<"same" | "no_aim" | "too_close" | "unknown", string> = {
  same: "equally near",
  no_aim: "no aim",
  too_close: "too close",
  unknown: "cannot say",
};

function NearerCell({ nearer }: { nearer: Nearer }) {
  if (nearer.is !== "A" && nearer.is !== "B") return <span className="text-ink-2">{WITHOUT[nearer.is]}</span>;
  return (
    <span className="flex items-center gap-1.5">
      <Badge letter={nearer.is} />
      <span className="max-sm:sr-only">{nearer.clearly ? "clearly" : "a little"}</span>
    </span>
  );
}

const unknown = (
  <>
    <span aria-hidden="true">–</span>
    <span className="sr-only">not enough to say</span>
  </>
);

function Line({ row }: { row: Row }) {
  const cell = "px-1.5 py-2.5 align-top sm:px-2";
  return (
    <tr className="border-t border-line" data-row={row.id}>
      <th scope="row" className={`${cell} pl-4 font-medium sm:pl-5`}>
        <span className="flex items-center gap-2">
          {row.score && <ScoreMark name={row.score} size={12} />}
          {row.name}
        </span>
      </th>
      <td className={cell}>{row.a ?? unknown}</td>
      <td className={cell}>{row.b ?? unknown}</td>
      <td className={`${cell} text-right font-medium max-sm:hidden`}>{row.difference ?? ""}</td>
      <td className={`${cell} pr-4 sm:pr-5`}>
        <NearerCell nearer={row.nearer} />
      </td>
    </tr>
  );
}

export function Differences({ a, b, comparison }: Props) {
  const rows = differenceRows(comparison.data, a, b);
  return (
    <section
      aria-labelledby="differences"
      data-testid="differences"
      className="overflow-hidden rounded-3xl border border-line bg-surface"
    >
      <h2 id="differences" className="px-5 pb-2 pt-4 text-lg font-semibold">
        What differs
      </h2>
      <table className="tabular w-full text-left text-sm">
        <caption className="sr-only">Measures that differ noticeably, then the four scores, of A and of B</caption>
        <thead>
          <tr className="text-ink-2">
            <th scope="col" className="px-2 py-2 pl-5 font-normal">
              Measure
            </th>
            <th scope="col" className="px-2 py-2 font-normal">
              A
            </th>
            <th scope="col" className="px-2 py-2 font-normal">
              B
            </th>
            <th scope="col" className="whitespace-nowrap px-2 py-2 text-right font-normal max-sm:hidden">
              A − B
            </th>
            <th scope="col" className="px-2 py-2 pr-5 font-normal">
              Nearer the aim
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.id} row={row} />
          ))}
        </tbody>
      </table>
      <p className="border-t border-line px-5 py-3 text-sm text-ink-2">
        “Too close” means that the bands of the two scores overlap. Only measures are listed that a listener would
        notice.
      </p>
    </section>
  );
}
