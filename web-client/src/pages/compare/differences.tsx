// The four scores of both, and the three largest differences in words.
import type { UseQueryResult } from "@tanstack/react-query";
import { asProblem } from "../../api/problem";
import type { Comparison, ReportAnswer } from "../../api/types";
import { SCORES } from "../../replay/words";
import { ScoreMark, ScoreNumber } from "../../ui/score";

export function Differences({
  a,
  b,
  comparison,
}: {
  a: ReportAnswer;
  b: ReportAnswer;
  comparison: UseQueryResult<Comparison>;
}) {
  return (
    <div className="mt-8 grid gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)]">
      <table className="w-full overflow-hidden rounded-3xl border border-line bg-surface text-left">
        <caption className="sr-only">Scores of both</caption>
        <thead>
          <tr className="text-sm text-ink-2">
            <th scope="col" className="px-5 py-3 font-normal">
              Score
            </th>
            <th scope="col" className="px-3 py-3 text-right font-normal">
              A
            </th>
            <th scope="col" className="px-5 py-3 text-right font-normal">
              B
            </th>
          </tr>
        </thead>
        <tbody>
          {SCORES.map(({ name, title }) => (
            <tr key={name} className="border-t border-line">
              <th scope="row" className="px-5 py-3 font-medium">
                <span className="flex items-center gap-2.5">
                  <ScoreMark name={name} />
                  {title}
                </span>
              </th>
              <td className="px-3 py-3 text-right text-lg font-semibold">
                <ScoreNumber value={a.scores[name].value} />
              </td>
              <td className="px-5 py-3 text-right text-lg font-semibold">
                <ScoreNumber value={b.scores[name].value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <section aria-labelledby="differences" data-testid="differences">
        <h2 id="differences" className="text-lg font-semibold">
          What differs most
        </h2>
        {comparison.isPending && <p className="breathe mt-3 text-ink-2">Comparing</p>}
        {comparison.isError && (
          <p role="alert" className="mt-3 text-ink-2">
            {asProblem(comparison.error).title}
          </p>
        )}
        {comparison.data && !comparison.data.same_question && (
          <p className="mt-3 text-sm text-ink-2">These are answers to different questions.</p>
        )}
        {comparison.data?.words.length === 0 && (
          <p className="mt-3 text-ink-2">Nothing differs noticeably, as far as both could be measured.</p>
        )}
        <ol className="mt-3 grid gap-3">
          {comparison.data?.words.map((sentence, i) => (
            <li key={sentence} className="flex gap-4">
              <span className="tabular font-semibold text-accent">{i + 1}</span>
              {sentence}
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
