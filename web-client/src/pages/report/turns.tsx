// Who spoke when, with an interviewer: the share of talk, the time to the first word, interruptions, how one listened.
import type { Report } from "../../api/types";
import { clock } from "../../live/timer";

type Turns = NonNullable<Report["turns"]>;

interface Props {
  turns: Turns;
  duration: number;
  onPlay: (start: number, end: number) => void;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Answers that took longer are worth a look, milliseconds. */
const LONG_MS = 3000;

function Moment({ start, end, onPlay }: { start: number; end: number; onPlay: Props["onPlay"] }) {
  return (
    <button
      type="button"
      className="tabular min-h-8 px-1 font-medium text-accent underline underline-offset-2"
      onClick={() => onPlay(start, end)}
    >
      {clock(start)}
    </button>
  );
}

function listened(listening: NonNullable<Turns["listening"]>): string {
  const parts = [
    listening.eye_contact !== null && `looked at the camera for ${percent(listening.eye_contact)} of it`,
    `nodded about ${Math.round(listening.nods_per_minute)} times a minute`,
    listening.smile_share >= 0.05 && `smiled for ${percent(listening.smile_share)} of it`,
  ].filter((part) => part !== false);
  return `You were seen listening for ${Math.round(listening.seconds)} s: you ${parts.join(", ")}.`;
}

/** When the interviewer spoke, as bars. */
function Bars({ turns, duration }: Omit<Props, "onPlay">) {
  const width = (ms: number) => `${(100 * ms) / Math.max(1, duration)}%`;
  return (
    <div className="relative h-3 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
      {turns.interviewer.map(({ start, end }) => (
        <span
          key={start}
          className="absolute inset-y-0 bg-[var(--lane-2)]"
          style={{ left: width(start), width: width(end - start) }}
        />
      ))}
    </div>
  );
}

export function TurnTaking({ turns, duration, onPlay }: Props) {
  const long = turns.responses.filter(({ ms }) => ms > LONG_MS);
  const usual = turns.responses.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(turns.responses.length / 2)];
  const by = (who: "candidate" | "interviewer") => turns.interruptions.filter((found) => found.by === who);
  return (
    <section aria-labelledby="turns" className="mt-10 max-w-3xl" data-testid="turns">
      <h2 id="turns" className="text-lg font-semibold">
        Who spoke
      </h2>
      <p className="mb-3 mt-1 text-ink-2">
        You spoke {percent(turns.share)} of the time that anybody spoke, the interviewer {percent(1 - turns.share)}. The
        bar shows when the interviewer did.
      </p>
      <Bars turns={turns} duration={duration} />
      <ul className="mt-4 grid gap-1.5">
        {usual !== undefined && (
          <li>
            From the end of a question to your first word it was mostly about {seconds(usual)}
            {long.length > 0 && (
              <>
                ; longer at{" "}
                {long.map(({ question_end, first_word }) => (
                  <Moment key={question_end} start={question_end} end={first_word} onPlay={onPlay} />
                ))}
              </>
            )}
            .
          </li>
        )}
        {(["candidate", "interviewer"] as const).map((who) => {
          const found = by(who);
          if (found.length === 0) return null;
          return (
            <li key={who}>
              {who === "candidate" ? "You began before the interviewer had finished" : "The interviewer cut you short"}:{" "}
              {found.map(({ start, end }) => (
                <Moment key={start} start={start} end={end} onPlay={onPlay} />
              ))}
            </li>
          );
        })}
        {turns.interruptions.length === 0 && <li>Nobody cut the other one short.</li>}
        {turns.listening && <li>{listened(turns.listening)}</li>}
      </ul>
    </section>
  );
}
