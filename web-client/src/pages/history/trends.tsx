// What changed over the sessions in a line or two; the curves of the scores behind one button.
import { ArrowDownRight, ArrowUpRight } from "lucide-react";
import type { Trends as TrendsData } from "../../api/types";
import { SCORES, scoreText } from "../../replay/words";
import { hue, ScoreMark } from "../../ui/score";
import { changes } from "./changes";
import { Spark } from "./spark";

function Curves({ trends }: { trends: TrendsData }) {
  const points = [...trends.points].sort((a, b) => a.at_us - b.at_us).slice(-24);
  return (
    <div className="mt-3 grid grid-cols-2 gap-px overflow-hidden rounded-2xl border border-line bg-line lg:grid-cols-4">
      {SCORES.map(({ name, title }) => {
        const values = points.map((point) => point.scores[name]);
        return (
          <div key={name} className="min-w-0 bg-surface p-4">
            <p className="flex items-center gap-2 text-sm font-medium">
              <ScoreMark name={name} size={12} />
              {title}
              <span className="tabular ml-auto font-semibold">{scoreText(values.findLast((x) => x !== null))}</span>
            </p>
            <div className="mt-4 max-w-44">
              <Spark values={values} colour={hue(name)} width={168} height={40} fluid />
            </div>
          </div>
        );
      })}
    </div>
  );
}

/** Sessions with scores that it takes to tell a change from chance. */
const LEAST = 3;

/** What stands in place of sentences when there are none. */
export function withoutChanges(points: number): string {
  if (points >= LEAST) return `Nothing changed noticeably over your ${points} sessions with scores.`;
  const more = LEAST - points;
  return `After ${more === 1 ? "one more session" : `${more} more sessions`} with scores, you see here what changed.`;
}

export function Trends({ trends }: { trends: TrendsData }) {
  const told = changes(trends);
  const { length } = trends.points;
  if (length < LEAST)
    return (
      <p data-testid="trends" className="text-sm text-ink-2">
        {withoutChanges(length)}
      </p>
    );
  return (
    <section aria-label="What changed" data-testid="trends" className="text-sm">
      {told.length === 0 && <p className="text-ink-2">{withoutChanges(length)}</p>}
      {told.length > 0 && (
        <ul className="grid gap-px overflow-hidden rounded-2xl border border-line bg-line sm:auto-cols-fr sm:grid-flow-col">
          {told.map((trend) => (
            <li key={trend.id} className="flex gap-2.5 bg-surface px-4 py-3">
              {trend.direction === "up" ? (
                <ArrowUpRight
                  size={17}
                  aria-hidden="true"
                  className={`mt-0.5 shrink-0 ${trend.better ? "text-good" : "text-caution"}`}
                />
              ) : (
                <ArrowDownRight
                  size={17}
                  aria-hidden="true"
                  className={`mt-0.5 shrink-0 ${trend.better ? "text-good" : "text-caution"}`}
                />
              )}
              {trend.words}
            </li>
          ))}
        </ul>
      )}
      <details className="group">
        <summary className="inline-flex min-h-11 list-none items-center font-medium text-accent [&::-webkit-details-marker]:hidden">
          <span className="group-open:hidden">Show the curves of all scores</span>
          <span className="hidden group-open:inline">Hide the curves</span>
        </summary>
        <Curves trends={trends} />
      </details>
    </section>
  );
}
