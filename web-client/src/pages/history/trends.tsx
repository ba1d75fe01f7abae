// Trends above the history: each score over the sessions, with the direction in words.
import type { Trends as TrendsData } from "../../api/types";
import { SCORES, scoreText } from "../../replay/words";
import { hue, ScoreMark } from "../../ui/score";
import { Spark } from "./spark";

const ARROWS = { up: "↗", down: "↘", steady: "→" } as const;

export function Trends({ trends }: { trends: TrendsData }) {
  if (trends.points.length < 2) return null;
  const points = [...trends.points].sort((a, b) => a.at_us - b.at_us).slice(-24);
  const others = trends.trends.filter((trend) => !SCORES.some(({ name }) => name === trend.id) && trend.words);
  return (
    <section aria-label="Trends" data-testid="trends">
      <div className="grid gap-px overflow-hidden rounded-3xl border border-line bg-line grid-cols-2 lg:grid-cols-4">
        {SCORES.map(({ name, title }) => {
          const trend = trends.trends.find((x) => x.id === name);
          const values = points.map((point) => point.scores[name]);
          return (
            <div key={name} className="min-w-0 bg-surface p-4 sm:p-5">
              <p className="flex items-center gap-2 text-sm font-medium">
                <ScoreMark name={name} size={12} />
                {title}
                <span className="tabular ml-auto text-lg font-semibold">
                  {scoreText(values.findLast((x) => x !== null))}
                </span>
              </p>
              <div className="mt-4 max-w-44">
                <Spark values={values} colour={hue(name)} width={168} height={40} fluid />
              </div>
              <p className="mt-4 text-sm text-ink-2">
                {trend?.direction && <span aria-hidden="true">{ARROWS[trend.direction]} </span>}
                {trend?.words ?? "Too early to tell."}
              </p>
            </div>
          );
        })}
      </div>
      {others.length > 0 && (
        <ul className="mt-4 flex flex-wrap gap-x-6 gap-y-1 text-sm text-ink-2">
          {others.map((trend) => (
            <li key={trend.id}>{trend.words}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
