// The three steps of the device check: quiet, one sentence, begin.
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import type { Step } from "./use-check";

const ORDER: Step[] = ["ready", "quiet", "sentence", "measuring", "done"];

interface Props {
  step: Step;
  question: string | null;
}

function Row({
  n,
  title,
  children,
  state,
}: {
  n: number;
  title: string;
  children: ReactNode;
  state: "before" | "now" | "after";
}) {
  return (
    <li
      aria-current={state === "now" ? "step" : undefined}
      className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-3 border-t border-line py-3 max-sm:py-2 landscape-phone:py-1.5"
    >
      <span
        aria-hidden="true"
        className={`tabular grid size-7 place-items-center rounded-full text-sm font-semibold ${
          state === "after"
            ? "bg-good-soft text-good"
            : state === "now"
              ? "bg-accent text-on-accent"
              : "border border-line-strong text-ink-2"
        }`}
      >
        {state === "after" ? <Check size={15} /> : n}
      </span>
      <span>
        <span className="font-medium">{title}</span>
        {state === "after" && <span className="sr-only"> (done)</span>}
        <span className="block text-sm text-ink-2 short:hidden">{children}</span>
      </span>
    </li>
  );
}

export function Steps({ step, question }: Props) {
  const at = ORDER.indexOf(step);
  const of = (from: number, to: number) => (at > to ? "after" : at >= from ? "now" : "before");
  return (
    <ol className="border-b border-line">
      <Row n={1} title="Three quiet seconds" state={of(0, 1)}>
        Sit as you will sit and look into the camera.
      </Row>
      <Row n={2} title="One sentence" state={of(2, 3)}>
        Say it as you would say it there. It is measured and not kept.
      </Row>
      <Row n={3} title="Begin" state={of(4, 4)}>
        {question ? `Your first question: ${question}` : "Then three, two, one. Nothing is recorded before."}
      </Row>
    </ol>
  );
}
