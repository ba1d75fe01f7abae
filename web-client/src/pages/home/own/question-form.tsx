// A question of one's own: written, changed, deleted.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { addQuestion, changeQuestion, deleteQuestion } from "../../../api/calls";
import { asProblem } from "../../../api/problem";
import { keys } from "../../../api/queries";
import type { Family, Question } from "../../../api/types";
import { Button } from "../../../ui/button";
import { Field } from "../../../ui/field";
import { firstFocus } from "../../../ui/first-focus";
import { FAMILIES, minutes } from "../choice";
import { DeleteButton } from "./delete-button";

const TIMES_MS = [30_000, 60_000, 90_000, 120_000, 180_000, 300_000];
const USUAL_MS = 120_000;

interface ChoiceProps<T extends string | number> {
  label: string;
  value: T;
  options: readonly (readonly [value: T, label: string])[];
  onPick: (value: T) => void;
}

function Choice<T extends string | number>({ label, value, options, onPick }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const found = options.find(([x]) => String(x) === event.target.value);
          if (found) onPick(found[0]);
        }}
        className="h-11 rounded-xl border border-line bg-surface px-3"
      >
        {options.map(([x, text]) => (
          <option key={x} value={x}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function Text({ value, onType }: { value: string; onType: (value: string) => void }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        The question, as it is asked
      </label>
      <textarea
        ref={firstFocus}
        id={id}
        value={value}
        rows={3}
        maxLength={500}
        onChange={(event) => onType(event.target.value.replace(/\s*\n\s*/g, " "))}
        className="rounded-xl border border-line bg-surface px-3 py-2"
      />
    </div>
  );
}

interface Props {
  question: Question | null;
  onDone: () => void;
}

export function QuestionForm({ question, onDone }: Props) {
  const cache = useQueryClient();
  const [text, setText] = useState(question?.text ?? "");
  const [family, setFamily] = useState<Family>(question?.family ?? "motivation");
  const [ms, setMs] = useState(question?.suggested_ms ?? USUAL_MS);
  const [label, setLabel] = useState(question?.label ?? "");
  const [tip, setTip] = useState(question?.tip ?? "");
  const done = async () => {
    await Promise.all([
      cache.invalidateQueries({ queryKey: keys.questions }),
      cache.invalidateQueries({ queryKey: keys.sets }),
    ]);
    onDone();
  };
  const save = useMutation({
    mutationFn: (): Promise<unknown> => {
      const body = { text, family, suggested_ms: ms, label, tip };
      return question ? changeQuestion(question.id, body) : addQuestion(body);
    },
    onSuccess: done,
  });
  const remove = useMutation({ mutationFn: () => deleteQuestion(question?.id ?? ""), onSuccess: done });
  const problem = save.error ?? remove.error;
  const times = TIMES_MS.includes(ms) ? TIMES_MS : [...TIMES_MS, ms].sort((a, b) => a - b);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Text value={text} onType={setText} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label="What it asks for"
          value={family}
          options={FAMILIES.map((one) => [one.id, one.title])}
          onPick={setFamily}
        />
        <Choice
          label="Time for the answer"
          value={ms}
          options={times.map((time) => [time, minutes(time)])}
          onPick={setMs}
        />
      </div>
      <Field label="Role or company (optional)" value={label} maxLength={80} onType={setLabel} />
      <Field label="Advice to yourself (optional)" value={tip} maxLength={500} onType={setTip} />
      {problem && (
        <p role="alert" className="text-danger">
          {asProblem(problem).message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {question && (
          <DeleteButton busy={remove.isPending} onDelete={() => remove.mutate()}>
            Delete the question
          </DeleteButton>
        )}
        <Button
          type="submit"
          look="primary"
          disabled={text.trim() === "" || save.isPending}
          data-testid="save-question"
        >
          {question ? "Save" : "Add"}
        </Button>
      </div>
    </form>
  );
}
