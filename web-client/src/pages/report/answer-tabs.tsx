// Tabs over the answers of a round.
import { useRef, type KeyboardEvent } from "react";
import type { Report } from "../../api/types";
import { clock } from "../../live/timer";

interface Props {
  report: Report;
  current: number | null;
  onChoose: (answer: number | null) => void;
}

export function AnswerTabs({ report, current, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const all: (number | null)[] = [null, ...report.answers.map((_, i) => i)];
  const keys = (event: KeyboardEvent) => {
    const at = all.indexOf(current);
    const to =
      event.key === "ArrowRight"
        ? at + 1
        : event.key === "ArrowLeft"
          ? at - 1
          : event.key === "Home"
            ? 0
            : event.key === "End"
              ? all.length - 1
              : null;
    if (to === null) return;
    event.preventDefault();
    const next = (to + all.length) % all.length;
    onChoose(all[next] ?? null);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label="Answers"
      tabIndex={-1}
      onKeyDown={keys}
      className="-mx-4 mt-4 flex gap-1 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0"
    >
      {all.map((answer) => {
        const on = answer === current;
        const found = answer === null ? null : report.answers[answer];
        return (
          <button
            key={answer ?? "all"}
            type="button"
            role="tab"
            aria-selected={on}
            aria-controls="answer-panel"
            tabIndex={on ? 0 : -1}
            data-testid={answer === null ? "tab-overall" : `tab-answer-${answer + 1}`}
            onClick={() => onChoose(answer)}
            className={`-mb-px min-h-11 max-w-64 shrink-0 truncate border-b-2 px-3 py-2 text-left text-sm -outline-offset-2 ${
              on ? "border-accent font-medium" : "border-transparent text-ink-2 hover:text-ink"
            }`}
            title={found?.question ?? undefined}
          >
            {found ? (
              <>
                <span className="tabular mr-1.5 text-ink-3">{clock(found.start)}</span>
                {found.question ?? `Answer ${(answer ?? 0) + 1}`}
              </>
            ) : (
              "All together"
            )}
          </button>
        );
      })}
    </div>
  );
}
