// Everything that was seen and heard, in words: value, aim, one's own usual value; what could not be said, and why.
import type { Report, ReportAnswer } from "../../api/types";
import { advices } from "../../replay/advice";
import { aimInWords, inWords } from "../../replay/measures";
import { nameOf } from "../../replay/words";

interface Row {
  id: string;
  name: string;
  value: string | null;
  reason: string;
  aim: string | null;
  usual: string | null;
}

/** The metrics of an answer, those with a value first, each with the aim that a score gives it. */
export function rowsOf(shown: ReportAnswer): Row[] {
  const contributions = Object.values(shown.scores).flatMap((score) => score.contributions);
  const rows = Object.entries(shown.metrics).map(([id, metric]): Row => {
    const part = contributions.find((x) => x.metric === id);
    const { value, unit, text, usual } = metric;
    return {
      id,
      name: nameOf({ metric: id, name: (metric as { name?: string }).name ?? null }),
      value: value === null ? null : inWords({ value, unit, text }),
      reason: metric.reason ?? "not enough to say",
      aim: part?.target ? aimInWords(part.target) : null,
      usual: value === null ? null : (usual ?? null),
    };
  });
  return rows.sort((a, b) => Number(b.value !== null) - Number(a.value !== null) || a.name.localeCompare(b.name));
}

export function Everything({ report, shown }: { report: Report; shown: ReportAnswer }) {
  const rows = rowsOf(shown);
  const { more } = advices(report, shown);
  if (rows.length === 0 && more.length === 0) return null;
  const cell = "px-3 py-2.5 align-top first:pl-5 last:pr-5";
  const usualCell = `${cell} max-sm:hidden`;
  return (
    <section id="everything" aria-labelledby="everything-title" className="mt-10 scroll-mt-4">
      <h2 id="everything-title" className="text-lg font-semibold">
        Everything seen and heard
      </h2>
      {report.without_check && <p className="mt-1 max-w-3xl text-sm text-ink-2">{report.without_check}</p>}
      {more.length > 0 && (
        <ul className="mt-3 grid max-w-3xl gap-1.5 text-ink-2">
          {more.map((advice) => (
            <li key={advice.text}>{advice.text}</li>
          ))}
        </ul>
      )}
      <div className="mt-3 overflow-hidden rounded-3xl border border-line bg-surface">
        <table className="w-full text-left text-sm" data-testid="everything">
          <thead>
            <tr className="text-ink-2">
              <th scope="col" className={`${cell} font-normal`}>
                What
              </th>
              <th scope="col" className={`${cell} font-normal`}>
                Here
              </th>
              <th scope="col" className={`${cell} font-normal`}>
                Aim
              </th>
              <th scope="col" className={`${usualCell} font-normal`}>
                Your usual
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, name, value, reason, aim, usual }) => (
              <tr key={id} className="border-t border-line">
                <th scope="row" className={`${cell} font-medium`}>
                  {name}
                </th>
                <td className={`${cell} tabular`}>{value ?? <span className="text-ink-2">– {reason}</span>}</td>
                <td className={`${cell} tabular text-ink-2`}>{aim ?? "no aim"}</td>
                <td className={`${usualCell} tabular text-ink-2`}>{usual ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
