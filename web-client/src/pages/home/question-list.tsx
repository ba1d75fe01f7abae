// Lists of questions that are one tab stop together: arrows walk, Home and End jump, space chooses, E changes.
import { useRef, useState, type KeyboardEvent } from "react";
import type { Question } from "../../api/types";
import { QuestionRow } from "./question-row";

export interface Section {
  id: string;
  title: string;
  about: string;
  questions: Question[];
}

interface Props {
  sections: readonly Section[];
  chosen: readonly string[];
  full: boolean;
  onToggle: (id: string) => void;
  onEdit: (question: Question) => void;
}

export function QuestionList({ sections, chosen, full, onToggle, onEdit }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const ids = sections.flatMap(({ questions }) => questions.map(({ id }) => id));
  const stop = active !== null && ids.includes(active) ? active : ids[0];
  const keys = (event: KeyboardEvent) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-testid=choose-question]") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    const to = steps[event.key];
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const question = sections.flatMap(({ questions }) => questions)[at];
    if (event.key.toLowerCase() === "e" && plain && question?.own) {
      event.preventDefault();
      onEdit(question);
      return;
    }
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, to))]?.focus();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys between the buttons inside
    <div ref={list} onKeyDown={keys} className="mt-5 grid grid-cols-[minmax(0,1fr)] gap-8">
      {sections.map(({ id, title, about, questions }) => (
        <section key={id} aria-labelledby={`family-${id}`}>
          <div className="mb-3 flex flex-wrap items-baseline gap-x-3">
            <h2 id={`family-${id}`} className="text-lg font-semibold">
              {title}
            </h2>
            <p className="text-sm text-ink-3">{about}</p>
          </div>
          <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
            {questions.map((question) => (
              <QuestionRow
                key={question.id}
                question={question}
                place={chosen.indexOf(question.id)}
                full={full}
                stop={question.id === stop}
                onFocus={() => setActive(question.id)}
                onToggle={() => onToggle(question.id)}
                onEdit={() => onEdit(question)}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
