// One question of the bank: chosen by a click, a tap or the space bar.
import type { Question } from "../../api/types";
import { minutes } from "./choice";

interface Props {
  question: Question;
  /** Place in the set, from 0; -1: not chosen. */
  place: number;
  full: boolean;
  /** The one of its list that Tab reaches. */
  stop: boolean;
  onFocus: () => void;
  onToggle: () => void;
}

export function QuestionRow({ question, place, full, stop, onFocus, onToggle }: Props) {
  const on = place >= 0;
  return (
    <li>
      <button
        type="button"
        data-testid="choose-question"
        data-question={question.id}
        tabIndex={stop ? 0 : -1}
        onFocus={onFocus}
        aria-pressed={on}
        aria-disabled={full && !on}
        onClick={onToggle}
        className={`group grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-4 px-4 py-4 text-left transition-colors -outline-offset-2 sm:px-5 ${
          on ? "bg-accent-soft" : full ? "" : "hover:bg-sunken/60"
        }`}
      >
        <span
          aria-hidden="true"
          className={`tabular mt-0.5 grid size-6 place-items-center rounded-full text-xs font-semibold ${
            on
              ? "bg-accent text-on-accent"
              : `border border-line-strong ${full ? "opacity-30" : "group-hover:border-accent"}`
          }`}
        >
          {on ? place + 1 : ""}
        </span>
        <span className={full && !on ? "text-ink-3" : ""}>
          <span className="block font-medium">{question.text}</span>
          <span
            className={`mt-0.5 block text-sm ${full && !on ? "text-ink-3" : "text-ink-2"} ${on ? "" : "max-sm:hidden"}`}
          >
            {question.tip}
          </span>
        </span>
        <span className="tabular whitespace-nowrap pt-0.5 text-sm text-ink-3">{minutes(question.suggested_ms)}</span>
      </button>
    </li>
  );
}
