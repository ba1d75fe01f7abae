// Where to begin: one question with one filled button; for who comes back, what the last answer suggested.
import { ArrowRight, RotateCcw, Shuffle, Target } from "lucide-react";
import type { Question } from "../../api/types";
import { Button, ButtonLink } from "../../ui/button";
import { minutes } from "./choice";
import type { Focus } from "./use-last";

interface Props {
  question: Question;
  surprised: boolean;
  focus: Focus | null;
  /** Nothing else is chosen: this is the one filled button of the page. */
  filled: boolean;
  onStart: (ids: string[]) => void;
  onSurprise: () => void;
}

export function Begin({ question, surprised, focus, filled, onStart, onSurprise }: Props) {
  const again = focus !== null && !surprised;
  return (
    <section aria-label="Where to begin" className="mt-6 rounded-3xl border border-line bg-surface p-5 sm:p-6">
      <div className="flex flex-wrap items-center gap-x-8 gap-y-4">
        <div className="min-w-0 flex-1 basis-72">
          {again ? (
            <>
              <p className="flex items-center gap-2 text-sm text-ink-2">
                <Target size={16} aria-hidden="true" className="text-accent" />
                From your last answer
              </p>
              <p className="mt-1.5 text-lg font-semibold text-pretty" data-testid="focus">
                {focus.text}
              </p>
              <p className="mt-1 line-clamp-2 text-sm text-ink-2">{focus.question}</p>
            </>
          ) : (
            <div aria-live="polite">
              <p className="text-sm text-ink-2">{surprised ? "How about this one" : "Start here"}</p>
              <p className="mt-1 text-xl font-semibold" data-testid="recommended">
                {question.text}
              </p>
              <p className="mt-1 text-sm text-ink-2">
                {question.tip} <span className="tabular whitespace-nowrap">{minutes(question.suggested_ms)}</span>
              </p>
            </div>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            look={filled ? "primary" : "plain"}
            className="min-h-12 px-6 text-base"
            data-testid="start-recommended"
            onClick={() => onStart([again ? focus.id : question.id])}
          >
            {again ? (
              <>
                <RotateCcw size={17} aria-hidden="true" />
                Answer it again
              </>
            ) : (
              <>
                Start
                <ArrowRight size={17} aria-hidden="true" />
              </>
            )}
          </Button>
          <Button className="min-h-12" data-testid="surprise" title="Surprise me (R)" onClick={onSurprise}>
            <Shuffle size={16} aria-hidden="true" />
            Surprise me
          </Button>
          {/* Who has no report yet can look at one. */}
          {focus === null && (
            <ButtonLink to="/sample" look="quiet" data-testid="see-sample">
              See a sample report
            </ButtonLink>
          )}
        </div>
      </div>
    </section>
  );
}
