// Between the last word and the report: what is being done, and how far it is.
import type { SessionState } from "../../api/types";

const STEPS = [
  { state: "finalising", text: "Saving the recording" },
  { state: "scoring", text: "Reading voice and face" },
] as const;

const TITLES: Partial<Record<SessionState, string>> = {
  live: "Still answering in another tab",
  grace: "Waiting for the connection to come back",
  interrupted: "Picking up where it was interrupted",
};

export function Progress({ state, stage }: { state: SessionState; stage: { stage: string; percent: number | null } | null }) {
  const at = STEPS.findIndex((step) => step.state === state);
  const percent = stage?.percent ?? null;
  return (
    <div role="status" data-testid="progress" data-state={state} className="mx-auto grid max-w-md gap-8 py-16">
      <h1 className="text-2xl font-semibold">{TITLES[state] ?? "Well done. Your report is on its way."}</h1>
      <ol className="grid gap-5">
        {STEPS.map((step, i) => (
          <li key={step.state} className={i > at ? "text-ink-3" : ""}>
            <div className="flex justify-between text-sm">
              <span className="font-medium">{step.text}</span>
              <span className="tabular text-ink-2">{i < at ? "done" : i === at && percent !== null ? `${Math.round(percent)} %` : ""}</span>
            </div>
            <div className="mt-2 h-1.5 overflow-hidden rounded-full bg-sunken">
              <div
                className={`h-full rounded-full bg-accent transition-[width] duration-300 ${i === at && percent === null ? "breathe" : ""}`}
                style={{ width: i < at ? "100%" : i === at ? `${percent ?? 60}%` : "0%" }}
              />
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
