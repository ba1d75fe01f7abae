// One question: chosen by a click, a tap or the space bar; one of one's own can be changed.
import { Pencil } from "lucide-react";
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
  onEdit: () => void;
}

export function QuestionRow({ question, place, full, stop, onFocus, onToggle, onEdit }: Props) {
  const on = place >= 0;
  return (
    <li className={`flex ${on ? "bg-accent-soft" : ""}`}>
      <button
        type="button"
        data-testid="choose-question"
        data-question={question.id}
        tabIndex={stop ? 0 : -1}
        onFocus={onFocus}
        aria-pressed={on}
        aria-disabled={full && !on}
        onClick={onToggle}
        className={`group grid min-w-0 flex-1 grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-4 px-4 py-4 text-left transition-colors -outline-offset-2 sm:px-5 ${
          on || full ? "" : "hover:bg-sunken/60"
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
          {question.label && (
            <span className="mt-1 mr-2 inline-block rounded-full border border-line px-2 text-xs text-ink-2">
              {question.label}
            </span>
          )}
          <span
            className={`mt-0.5 block text-sm ${full && !on ? "text-ink-3" : "text-ink-2"} ${on ? "" : "max-sm:hidden"}`}
          >
            {question.tip}
          </span>
        </span>
        <span className="tabular whitespace-nowrap pt-0.5 text-sm text-ink-3">{minutes(question.suggested_ms)}</span>
      </button>
      {question.own && (
        <button
          type="button"
          aria-label={`Change: ${question.text}`}
          title="Change (E)"
          tabIndex={stop ? 0 : -1}
          onClick={onEdit}
          className="grid size-11 shrink-0 place-items-center self-center rounded-xl text-ink-3 hover:bg-sunken hover:text-ink sm:mr-2"
        >
          <Pencil size={16} aria-hidden="true" />
        </button>
      )}
    </li>
  );
}
