// The four scores of both, and the three largest differences in words.
import type { ReportAnswer } from "../../api/types";
import type { Difference } from "../../replay/compare";
import { SCORES } from "../../replay/words";
import { ScoreMark, ScoreNumber } from "../../ui/score";

export function Differences({ a, b, largest }: { a: ReportAnswer; b: ReportAnswer; largest: Difference[] }) {
  return (
    <div className="mt-8 grid gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)]">
      <table className="w-full overflow-hidden rounded-3xl border border-line bg-surface text-left">
        <caption className="sr-only">Scores of both</caption>
        <thead>
          <tr className="text-sm text-ink-2">
            <th scope="col" className="px-5 py-3 font-normal">Score</th>
            <th scope="col" className="px-3 py-3 text-right font-normal">A</th>
            <th scope="col" className="px-5 py-3 text-right font-normal">B</th>
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
              <td className="px-3 py-3 text-right text-lg font-semibold"><ScoreNumber value={a.scores[name].value} /></td>
              <td className="px-5 py-3 text-right text-lg font-semibold"><ScoreNumber value={b.scores[name].value} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      <section aria-labelledby="differences" data-testid="differences">
        <h2 id="differences" className="text-lg font-semibold">What differs most</h2>
        {largest.length === 0 && <p className="mt-3 text-ink-2">Nothing differs by more than a point, as far as both could be measured.</p>}
        <ol className="mt-3 grid gap-3">
          {largest.map((difference) => (
            <li key={`${difference.score}-${difference.metric}`} className="flex gap-3">
              <span className="pt-1.5">
                <ScoreMark name={difference.score} />
              </span>
              {difference.words}
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
