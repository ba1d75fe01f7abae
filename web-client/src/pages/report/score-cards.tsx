// Four scores, one open at a time: what each is the sum of, and the moments it rests on.
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { Moment, Score, ScoreName, Scores } from "../../api/types";
import { bandOf, spoken } from "../../replay/band";
import { SCORES } from "../../replay/words";
import { ScoreBar, ScoreMark, ScoreNumber } from "../../ui/score";
import { useMedia } from "../../ui/use-media";
import { ContributionRow } from "./contribution-row";
import type { Lit } from "./report";
import { wordsOf } from "./words";

interface Props {
  scores: Scores;
  words: string[];
  lit: Lit | null;
  onLight: (lit: Lit | null) => void;
  onPin: (lit: Lit) => void;
  onPlay: (start: number, end: number) => void;
}

/** Why there is no number, or how little it rests on. */
function grounds(score: Score): string | null {
  if (score.value === null) return score.reason ?? "Not enough to say.";
  if (score.coverage < 0.75)
    return `Rests on ${Math.round(score.coverage * 100)} % of its evidence${score.reason ? `: ${score.reason}` : "."}`;
  return score.reason;
}

type CardProps = Omit<Props, "scores"> & { of: (typeof SCORES)[number]; score: Score; on: boolean; onOpen: () => void };

function Card({ of, score, on, onOpen, words, lit, onLight, onPin, onPlay }: CardProps) {
  const { name, title, what } = of;
  const note = grounds(score);
  const lightOf = (metric: string, moments: Moment[]): Lit => ({ score: name, metric, moments });
  return (
    <div data-testid={`score-${name}`} className="break-inside-avoid">
      <h3>
        <button
          type="button"
          aria-expanded={on}
          aria-controls={`contributions-${name}`}
          onClick={onOpen}
          className="block w-full px-5 py-4 text-left -outline-offset-2 hover:bg-sunken/50"
        >
          <span className="flex items-center gap-2.5">
            <ScoreMark name={name} />
            <span className="font-semibold">{title}</span>
            <span data-testid={`score-value-${name}`} className="ml-auto whitespace-nowrap">
              {score.value !== null && <span className="text-sm text-ink-2">about </span>}
              <ScoreNumber value={score.value} className="text-xl font-semibold" />
            </span>
            <ChevronDown
              size={18}
              aria-hidden="true"
              className={`shrink-0 text-ink-3 transition-transform print:hidden ${on ? "rotate-180" : ""}`}
            />
          </span>
          <span className="mt-3 block">
            <span className="sr-only">{spoken(title, score)}.</span>
            <ScoreBar name={name} value={score.value} band={bandOf(score)} />
          </span>
          <span className="mt-2 block text-sm text-ink-2">{note ?? what}</span>
        </button>
      </h3>
      {on && (
        <div id={`contributions-${name}`} className="appear border-t border-line bg-ground/60 px-3 py-2">
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
                onLight={(light) => onLight(light ? lightOf(contribution.metric, contribution.moments) : null)}
                onPin={() => onPin(lightOf(contribution.metric, contribution.moments))}
                onPlay={onPlay}
              />
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

export function ScoreCards({ scores, ...rest }: Props) {
  const [open, setOpen] = useState<ScoreName | null>(null);
  // On paper nothing can be opened: all of it is there.
  const printed = useMedia("print");
  return (
    <section id="scores" aria-labelledby="scores-title" className="scroll-mt-4">
      <h2 id="scores-title" className="mb-3 text-lg font-semibold">
        Four practice scores
      </h2>
      <div className="divide-y divide-line overflow-hidden rounded-3xl border border-line bg-surface">
        {SCORES.map((of) => (
          <Card
            key={of.name}
            of={of}
            score={scores[of.name]}
            on={printed || open === of.name}
            onOpen={() => setOpen(open === of.name ? null : of.name)}
            {...rest}
          />
        ))}
        <p className="px-5 py-3 text-sm text-ink-2">
          From 0 to 100. The pale band is where the number may lie. They describe this recording, not you.
        </p>
      </div>
    </section>
  );
}
