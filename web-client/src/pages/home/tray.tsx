// The chosen set: beside the bank on a wide screen, at the foot of a narrow one.
import { ArrowRight, ArrowUp, X } from "lucide-react";
import { Link } from "wouter";
import type { Me, Question } from "../../api/types";
import { Button } from "../../ui/button";
import { minutes, MOST } from "./choice";

interface Props {
  picked: Question[];
  models: Me["models"] | null;
  onDrop: (id: string) => void;
  /** Moves the question at this place one up. */
  onRaise: (place: number) => void;
  onSave: () => void;
  onStart: () => void;
}

function limits(models: Me["models"] | null): string | null {
  if (models?.face === "none") return "No face model is installed: what the face shows is left out of the scores.";
  if (models?.face === "lite") return "The small face model is in use: eye contact and fine expression are left out.";
  if (models?.words === null) return "Words are not written down here: pace is estimated, and most fillers are missed.";
  return null;
}

/** The chosen questions in their order. */
function Picked({ picked, onDrop, onRaise }: Pick<Props, "picked" | "onDrop" | "onRaise">) {
  return (
    <ol className="mt-4 grid gap-3 max-lg:hidden">
      {picked.length === 0 && (
        <li className="text-sm text-ink-2">
          Nothing chosen. Start takes the question on the left; choose up to five for a round.
        </li>
      )}
      {picked.map((question, i) => (
        <li key={question.id} className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto] items-start gap-2 text-sm">
          <span className="tabular font-semibold text-accent">{i + 1}</span>
          <span>{question.text}</span>
          <span className="flex">
            {i > 0 && (
              <button
                type="button"
                aria-label={`Move up: ${question.text}`}
                title="Move up"
                onClick={() => onRaise(i)}
                className="-my-1 grid size-8 place-items-center rounded-lg text-ink-3 hover:bg-sunken hover:text-ink"
              >
                <ArrowUp size={15} aria-hidden="true" />
              </button>
            )}
            <button
              type="button"
              aria-label={`Take out: ${question.text}`}
              onClick={() => onDrop(question.id)}
              className="-my-1 grid size-8 place-items-center rounded-lg text-ink-3 hover:bg-sunken hover:text-ink"
            >
              <X size={15} aria-hidden="true" />
            </button>
          </span>
        </li>
      ))}
    </ol>
  );
}

export function Tray({ picked, models, onDrop, onRaise, onSave, onStart }: Props) {
  const total = picked.reduce((sum, question) => sum + question.suggested_ms, 0);
  const note = limits(models);
  return (
    <aside
      aria-label="Your round"
      className={`${picked.length === 0 ? "max-lg:hidden" : ""} max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-20 max-lg:border-t max-lg:border-line max-lg:bg-surface max-lg:px-4 max-lg:pb-[max(0.75rem,env(safe-area-inset-bottom))] max-lg:pt-3 lg:sticky lg:top-8 lg:self-start`}
    >
      <div className="lg:rounded-3xl lg:border lg:border-line lg:bg-surface lg:p-6">
        <div className="flex items-baseline justify-between max-lg:hidden">
          <h2 className="text-lg font-semibold">Your round</h2>
          <span className="tabular text-sm text-ink-3">
            {picked.length} of {MOST}
          </span>
        </div>
        <Picked picked={picked} onDrop={onDrop} onRaise={onRaise} />
        <div className="flex items-center gap-4 lg:mt-6 lg:block">
          <p className="tabular flex-1 text-sm text-ink-2 lg:mb-3" aria-live="polite">
            {picked.length === 0
              ? ""
              : `${picked.length} ${picked.length === 1 ? "question" : "questions"}, about ${minutes(total)}`}
          </p>
          <Button
            look="primary"
            className={`lg:w-full ${picked.length === 0 ? "lg:hidden" : ""}`}
            disabled={picked.length === 0}
            onClick={onStart}
            data-testid="start"
          >
            Start
            <ArrowRight size={16} aria-hidden="true" />
          </Button>
          {picked.length > 0 && (
            <Button look="quiet" className="max-lg:hidden lg:mt-2 lg:w-full" onClick={onSave} data-testid="save-set">
              Keep as a set
            </Button>
          )}
        </div>
        <p className="mt-4 border-t border-line pt-4 text-sm max-lg:hidden">
          <Link
            href="/settings"
            className="inline-flex min-h-9 items-center font-medium text-accent underline-offset-4 hover:underline"
          >
            Time to think, read aloud, hints
          </Link>
          <span className="mt-1 block text-ink-2">
            <kbd className="font-sans">/</kbd> searches, <kbd className="font-sans">R</kbd> surprises,{" "}
            <kbd className="font-sans">N</kbd> writes
          </span>
        </p>
        {note && <p className="mt-4 text-sm text-ink-2 max-lg:hidden">{note}</p>}
      </div>
    </aside>
  );
}
