// What the three seconds showed: all is well, or one kind sentence per thing to change.
import { Check, Lightbulb } from "lucide-react";
import type { Problem } from "../../api/problem";
import type { CalibrationResult } from "../../api/types";

interface Props {
  result: CalibrationResult | null;
  problem: Problem | null;
  voiceOnly: boolean;
}

/** What is found about the voice and the room; the rest is about a face. */
const OF_VOICE = ["loud_noise", "quiet"];

export function Advice({ result: measured, problem, voiceOnly }: Props) {
  const heard = measured?.advice.filter(({ reason }) => OF_VOICE.includes(reason)) ?? [];
  const result = measured && voiceOnly ? { ...measured, advice: heard, ok: heard.length === 0 } : measured;
  const known = typeof (result?.calibration as { level_db?: number | null } | undefined)?.level_db === "number";
  return (
    <div aria-live="polite" data-testid="advice" data-ok={result?.ok}>
      {problem && (
        <p role="alert" className="mt-4 rounded-xl bg-danger-soft px-4 py-3 text-sm text-danger">
          {problem.title}. {problem.detail ?? "Try again, or begin without it."}
        </p>
      )}
      {result && result.ok && result.advice.length === 0 && (
        <p className="mt-4 flex items-center gap-2 text-sm font-medium text-resilience">
          <Check size={17} aria-hidden="true" />
          {known
            ? "Your usual loudness is known now. You can begin."
            : "You can begin. The sentence was not heard: loudness is compared with your first seconds."}
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
