// A set: its name, its questions in their order. Buttons move a question, and so do Alt and the arrows.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { addSet, changeSet, deleteSet } from "../../../api/calls";
import { asProblem } from "../../../api/problem";
import { keys } from "../../../api/queries";
import type { Question, QuestionSet } from "../../../api/types";
import { Button } from "../../../ui/button";
import { Field } from "../../../ui/field";
import { moved } from "../choice";
import { sectionsOf } from "../sections";
import { DeleteButton } from "./delete-button";

/** Questions of one set at most. */
const MOST = 50;

interface ListProps {
  ids: readonly string[];
  questions: readonly Question[];
  onChange: (ids: string[]) => void;
}

const ICON = "grid size-9 place-items-center rounded-lg text-ink-3 hover:bg-sunken hover:text-ink disabled:opacity-30";

/** The questions of the set. After a move the focus stays with what was moved, and it is said where it stands now. */
function Order({ ids, questions, onChange }: ListProps) {
  const list = useRef<HTMLOListElement>(null);
  const [now, setNow] = useState<{ id: string; what: string } | null>(null);
  const move = (id: string, by: -1 | 1, what: string) => {
    const from = ids.indexOf(id);
    onChange(moved(ids, from, from + by));
    setNow({ id, what });
  };
  useEffect(() => {
    if (!now) return;
    const row = list.current?.querySelector(`[data-question="${CSS.escape(now.id)}"]`);
    const wanted = row?.querySelector<HTMLButtonElement>(`[data-move=${now.what}]:enabled`);
    (wanted ?? row?.querySelector<HTMLButtonElement>("[data-move]:enabled"))?.focus();
  }, [now, ids]);
  return (
    <>
      <ol ref={list} className="divide-y divide-line rounded-2xl border border-line" data-testid="set-questions">
        {ids.map((id, i) => {
          const text = questions.find((question) => question.id === id)?.text ?? id;
          return (
            // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Alt and arrows on the buttons inside
            <li
              key={id}
              data-question={id}
              className="flex items-center gap-2 py-1 pl-3 pr-1"
              onKeyDown={(event) => {
                const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : null;
                if (!event.altKey || by === null) return;
                event.preventDefault();
                move(id, by, by < 0 ? "up" : "down");
              }}
            >
              <span className="tabular w-5 shrink-0 text-sm font-semibold text-accent">{i + 1}</span>
              <span className="min-w-0 flex-1 text-sm">{text}</span>
              <button
                type="button"
                data-move="up"
                className={ICON}
                disabled={i === 0}
                aria-label={`Move up: ${text}`}
                onClick={() => move(id, -1, "up")}
              >
                <ArrowUp size={15} aria-hidden="true" />
              </button>
              <button
                type="button"
                data-move="down"
                className={ICON}
                disabled={i === ids.length - 1}
                aria-label={`Move down: ${text}`}
                onClick={() => move(id, 1, "down")}
              >
                <ArrowDown size={15} aria-hidden="true" />
              </button>
              <button
                type="button"
                className={ICON}
                aria-label={`Take out: ${text}`}
                onClick={() => onChange(ids.filter((other) => other !== id))}
              >
                <X size={15} aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ol>
      <p role="status" className="sr-only">
        {now && ids.includes(now.id) ? `Now ${ids.indexOf(now.id) + 1} of ${ids.length}` : ""}
      </p>
    </>
  );
}

interface Props {
  set: QuestionSet | null;
  /** The questions that it begins with. */
  first: readonly string[];
  questions: readonly Question[];
  onDone: () => void;
}

export function SetForm({ set, first, questions, onDone }: Props) {
  const id = useId();
  const cache = useQueryClient();
  const [name, setName] = useState(set?.name ?? "");
  const [ids, setIds] = useState<string[]>([...first]);
  const done = async () => {
    await cache.invalidateQueries({ queryKey: keys.sets });
    onDone();
  };
  const save = useMutation({
    mutationFn: (): Promise<unknown> =>
      set ? changeSet(set.id, { name, questions: ids }) : addSet({ name, questions: ids }),
    onSuccess: done,
  });
  const remove = useMutation({ mutationFn: () => deleteSet(set?.id ?? ""), onSuccess: done });
  const problem = save.error ?? remove.error;
  const others = sectionsOf(questions.filter((question) => !ids.includes(question.id)));
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Field label="Name of the set" value={name} maxLength={80} first onType={setName} />
      <Order ids={ids} questions={questions} onChange={setIds} />
      {ids.length === 0 && <p className="text-sm text-ink-2">A set has one question at least.</p>}
      {ids.length < MOST && others.length > 0 && (
        <div className="grid gap-1.5">
          <label htmlFor={id} className="text-sm font-medium">
            Add a question
          </label>
          <select
            id={id}
            value=""
            data-testid="set-add"
            onChange={(event) => setIds([...ids, event.target.value])}
            className="h-11 w-full min-w-0 rounded-xl border border-line bg-surface px-3"
          >
            <option value="">Choose one</option>
            {others.map((section) => (
              <optgroup key={section.id} label={section.title}>
                {section.questions.map((question) => (
                  <option key={question.id} value={question.id}>
                    {question.text}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </div>
      )}
      {problem && (
        <p role="alert" className="text-danger">
          {asProblem(problem).message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {set && (
          <DeleteButton busy={remove.isPending} onDelete={() => remove.mutate()}>
            Delete the set
          </DeleteButton>
        )}
        <Button
          type="submit"
          look="primary"
          disabled={name.trim() === "" || ids.length === 0 || save.isPending}
          data-testid="save-set-confirm"
        >
          Save
        </Button>
      </div>
    </form>
  );
}
