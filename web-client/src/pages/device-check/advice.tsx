// What the three seconds showed: all is well, or one kind sentence per thing to change.
import { Check, Lightbulb } from "lucide-react";
import type { Problem } from "../../api/problem";
import type { CalibrationResult } from "../../api/types";

export function Advice({ result, problem }: { result: CalibrationResult | null; problem: Problem | null }) {
  return (
    <div aria-live="polite" data-testid="advice" data-ok={result?.ok}>
      {problem && (
        <p role="alert" className="mt-4 rounded-xl bg-danger-soft px-4 py-3 text-sm text-danger">
          {problem.title}. {problem.detail ?? "Try again, or begin without it."}
        </p>
      )}
      {result && result.ok && result.advice.length === 0 && (
        <p className="mt-4 flex items-center gap-2 text-sm font-medium text-resilience">
          <Check size={17} aria-hidden="true" /> All is well. You can begin.
        </p>
      )}
      {result && result.advice.length > 0 && (
        <ul className="mt-4 grid gap-2">
          {result.advice.map((advice) => (
            <li key={advice.reason} className="flex gap-2.5 rounded-xl bg-caution-soft px-4 py-3 text-sm text-caution">
              <Lightbulb size={17} aria-hidden="true" className="mt-0.5 shrink-0" />
              {advice.text}
            </li>
          ))}
        </ul>
      )}
      {result && !result.ok && result.advice.length === 0 && (
        <p className="mt-4 text-sm text-ink-2">There was not enough to go by. Measure again, or begin without it.</p>
      )}
    </div>
  );
}
