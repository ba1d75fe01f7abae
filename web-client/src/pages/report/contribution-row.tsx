// One part of a score: its value beside its target, the points it brought, its moments to jump to.
import type { Contribution, ScoreName } from "../../api/types";
import { clock } from "../../live/timer";
import { aimInWords, inWords } from "../../replay/measures";
import { nameOf } from "../../replay/words";
import { hue } from "../../ui/score";

interface Props {
  score: ScoreName;
  contribution: Contribution;
  lit: boolean;
  onLight: (on: boolean) => void;
  onPin: () => void;
  onPlay: (start: number, end: number) => void;
}

export function ContributionRow({ score, contribution, lit, onLight, onPin, onPlay }: Props) {
  const { metric, value, text, usual, reason, unit, target, weight, points, moments } = contribution;
  const most = weight * 100;
  const share = most > 0 ? Math.min(1, Math.max(0, points / most)) : 0;
  return (
    <li
      data-testid="contribution"
      data-metric={metric}
      onMouseEnter={() => onLight(true)}
      onMouseLeave={() => onLight(false)}
      className={`rounded-xl px-2 py-3 ${lit ? "bg-sunken" : ""}`}
    >
      <button
        type="button"
        aria-pressed={lit}
        onClick={onPin}
        onFocus={() => onLight(true)}
        onBlur={() => onLight(false)}
        className="block w-full text-left"
      >
        <span className="flex items-baseline justify-between gap-3">
          <span className="font-medium">{nameOf(contribution)}</span>
          <span className="tabular whitespace-nowrap text-sm">
            {value === null ? (
              <span className="text-ink-2">{reason ?? "not enough to say"}</span>
            ) : (
              <>
                <span className="font-semibold">{points.toFixed(0)}</span>
                <span className="text-ink-2"> of {most.toFixed(0)}</span>
              </>
            )}
          </span>
        </span>
        <span className="mt-1.5 block h-1 overflow-hidden rounded-full bg-line" aria-hidden="true">
          <span className="block h-full rounded-full" style={{ width: `${share * 100}%`, background: hue(score) }} />
        </span>
        <span className="tabular mt-1.5 block text-sm text-ink-2">
          {value !== null && <span className="text-ink">{inWords({ value, unit, text })}</span>}
          {value !== null && usual && <span> (your usual: {usual})</span>}
          {target && (
            <span className="block">
              <span className="text-ink-3">Aim:</span> {aimInWords(target)}
            </span>
          )}
        </span>
      </button>
      {moments.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-1.5">
          {moments.map((moment) => (
            <li key={`${moment.start}-${moment.why}`}>
              <button
                type="button"
                data-testid="moment"
                onClick={() => onPlay(moment.start, moment.end)}
                className="tabular inline-flex min-h-8 items-center gap-1.5 rounded-full border border-line bg-surface px-3 text-left text-xs hover:border-line-strong"
              >
                <span aria-hidden="true" className={moment.good ? "text-good" : "text-caution"}>
                  {moment.good ? "▲" : "▼"}
                </span>
                <span className="sr-only">{moment.good ? "Helped: " : "Cost: "}</span>
                <span className="text-ink-2">{clock(moment.start)}</span>
                {moment.why}
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
