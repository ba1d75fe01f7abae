// One's own sets on the start page: chosen by a press, changed, shared.
import { Pencil, Share2 } from "lucide-react";
import type { Question, QuestionSet } from "../../../api/types";
import { minutes, MOST } from "../choice";

interface Props {
  sets: readonly QuestionSet[];
  questions: readonly Question[];
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  onEdit: (set: QuestionSet) => void;
  onShare: (set: QuestionSet) => void;
}

const ICON =
  "grid size-11 shrink-0 place-items-center rounded-xl text-ink-3 hover:bg-sunken hover:text-ink focus-visible:text-ink";

export function Sets({ sets, questions, chosen, onChoose, onEdit, onShare }: Props) {
  if (sets.length === 0) return null;
  return (
    <section aria-labelledby="sets-title" className="mt-6">
      <h2 id="sets-title" className="mb-3 text-lg font-semibold">
        Your sets
      </h2>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-3 sm:grid-cols-2" data-testid="sets">
        {sets.map((set) => {
          const first = set.questions.slice(0, MOST);
          const total = set.questions.reduce(
            (sum, id) => sum + (questions.find((question) => question.id === id)?.suggested_ms ?? 0),
            0,
          );
          const on = first.length > 0 && first.join() === chosen.join();
          const count = set.questions.length;
          return (
            <li
              key={set.id}
              className={`flex items-center rounded-2xl border pr-1 ${on ? "border-accent bg-accent-soft" : "border-line bg-surface hover:border-line-strong"}`}
            >
              <button
                type="button"
                aria-pressed={on}
                disabled={count === 0}
                onClick={() => onChoose(on ? [] : first)}
                data-testid="choose-set"
                className="min-w-0 flex-1 px-4 py-3 text-left"
              >
                <span className="block truncate font-medium">{set.name}</span>
                <span className="tabular text-sm text-ink-2">
                  {count === 0
                    ? "Empty: its questions were deleted"
                    : `${count} ${count === 1 ? "question" : "questions"}, ${minutes(total)}`}
                  {count > MOST && `; the first ${MOST} make a round`}
                </span>
              </button>
              <button type="button" className={ICON} aria-label={`Share: ${set.name}`} onClick={() => onShare(set)}>
                <Share2 size={16} aria-hidden="true" />
              </button>
              <button type="button" className={ICON} aria-label={`Change: ${set.name}`} onClick={() => onEdit(set)}>
                <Pencil size={16} aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
