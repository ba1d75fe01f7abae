// Four scores, one open at a time: what each is the sum of, and the moments it rests on.
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { Moment, Score, ScoreName, Scores } from "../../api/types";
import { SCORES } from "../../replay/words";
import { ScoreBar, ScoreMark, ScoreNumber } from "../../ui/score";
import { ContributionRow } from "./contribution-row";
import type { Lit } from "./report";
import { wordsOf } from "./words";

interface Props {
  scores: Scores;
  words: string[];
  lit: Lit | null;
  onLight: (lit: Lit | null) => void;
  onPin: (lit: Lit) => void;
  onSeek: (t: number) => void;
}

function grounds(score: Score): string | null {
  if (score.value === null) return score.reason ?? "Not enough to say.";
  if (score.coverage < 0.75)
    return `Rests on ${Math.round(score.coverage * 100)} % of its evidence${score.reason ? `: ${score.reason}` : "."}`;
  return score.reason;
}

export function ScoreCards({ scores, words, lit, onLight, onPin, onSeek }: Props) {
  const [open, setOpen] = useState<ScoreName | null>(null);
  return (
    <section
      aria-label="Scores"
      className="divide-y divide-line overflow-hidden rounded-3xl border border-line bg-surface"
    >
      {SCORES.map(({ name, title, what }) => {
        const score = scores[name];
        const on = open === name;
        const note = grounds(score);
        const of = (metric: string, moments: Moment[]): Lit => ({ score: name, metric, moments });
        return (
          <div key={name} data-testid={`score-${name}`}>
            <h2>
              <button
                type="button"
                aria-expanded={on}
                aria-controls={`contributions-${name}`}
                onClick={() => setOpen(on ? null : name)}
                className="grid w-full grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-4 px-5 py-4 text-left -outline-offset-2 hover:bg-sunken/50 sm:px-6"
              >
                <span>
                  <span className="flex items-center gap-2.5 font-semibold">
                    <ScoreMark name={name} />
                    {title}
                  </span>
                  <span className="mt-0.5 block text-sm font-normal text-ink-2">{what}</span>
                </span>
                <span data-testid={`score-value-${name}`}>
                  <ScoreNumber value={score.value} className="text-3xl font-semibold tracking-tight" />
                </span>
                <ChevronDown
                  size={18}
                  aria-hidden="true"
                  className={`text-ink-3 transition-transform ${on ? "rotate-180" : ""}`}
                />
                <span className="col-span-3 mt-3 block">
                  <ScoreBar name={name} value={score.value} />
                </span>
                {note && <span className="col-span-3 mt-2 block text-sm font-normal text-ink-2">{note}</span>}
              </button>
            </h2>
            {on && (
              <div id={`contributions-${name}`} className="appear border-t border-line bg-ground/60 px-3 py-2 sm:px-4">
                {score.value !== null &&
                  wordsOf(words, name).map((sentence) => (
                    <p key={sentence} className="px-2 py-2 text-sm text-ink-2">
                      {sentence}
                    </p>
                  ))}
                <ul>
                  {score.contributions.length === 0 && (
                    <li className="px-2 py-3 text-sm text-ink-2">Nothing could be measured for it this time.</li>
                  )}
                  {score.contributions.map((contribution) => (
                    <ContributionRow
                      key={contribution.metric}
                      score={name}
                      contribution={contribution}
                      lit={lit?.score === name && lit.metric === contribution.metric}
                      onLight={(light) => onLight(light ? of(contribution.metric, contribution.moments) : null)}
                      onPin={() => onPin(of(contribution.metric, contribution.moments))}
                      onSeek={onSeek}
                    />
                  ))}
                </ul>
              </div>
            )}
          </div>
        );
      })}
      <p className="px-5 py-3 text-xs text-ink-3 sm:px-6">
        Practice indices from 0 to 100. They describe this recording, not you.
      </p>
    </section>
  );
}
