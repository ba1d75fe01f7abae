// Between the last word and the report: what is being done, and how far it is.
import type { Session, SessionState } from "../../api/types";

const STEPS = [
  { state: "finalising", live: "Saving the recording", upload: "Opening the recording" },
  { state: "scoring", live: "Reading voice and face", upload: "Reading voice and face" },
] as const;

const TITLES: Partial<Record<SessionState, string>> = {
  interrupted: "Picking up where it was interrupted",
};

// What an end can wait for; it goes on by itself.
const WAITING: Record<string, string> = {
  waiting_for_store:
    "The object store does not answer. Your recording is safe on the server and is stored as soon as it does.",
  waiting_for_database:
    "The database does not answer. Your recording is safe on the server; this goes on as soon as it does.",
  waiting_for_disk: "The server's disk is full. What was recorded is kept; this goes on as soon as there is room.",
};

interface Props {
  state: SessionState;
  source: Session["source"];
  stage: { stage: string | null; percent: number | null } | null;
}

export function Progress({ state, source, stage }: Props) {
  const at = STEPS.findIndex((step) => step.state === state);
  // Storing comes last, when the step itself is done.
  const percent = stage?.stage === "storing" ? 100 : (stage?.percent ?? null);
  const waiting = stage?.stage ? WAITING[stage.stage] : undefined;
  return (
    <div role="status" data-testid="progress" data-state={state} className="mx-auto grid max-w-md gap-8 py-16">
      <h1 className="text-2xl font-semibold">
        {TITLES[state] ??
          (source === "upload"
            ? "Your recording is here. Its report is on its way."
            : "Well done. Your report is on its way.")}
      </h1>
      <ol className="grid gap-5">
        {STEPS.map((step, i) => (
          <li key={step.state} className={i > at ? "text-ink-3" : ""}>
            <div className="flex justify-between text-sm">
              <span className="font-medium">{step[source]}</span>
              <span className="tabular text-ink-2">
                {i < at ? "done" : i === at && percent !== null ? `${Math.round(percent)} %` : ""}
              </span>
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
      {waiting && <p className="text-sm text-ink-2">{waiting}</p>}
    </div>
  );
}
