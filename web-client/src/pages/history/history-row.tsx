// One session in the history.
import { Link } from "wouter";
import type { Session, Trends } from "../../api/types";
import { clock } from "../../live/timer";
import { SCORES, scoreText, when } from "../../replay/words";
import { ScoreMark } from "../../ui/score";
import { DeleteSession } from "./delete-session";
import { GoldStar } from "./gold-star";
import { Spark } from "./spark";

const STATES: Partial<Record<Session["state"], string>> = {
  live: "Being recorded",
  grace: "Connection lost",
  finalising: "Being saved",
  scoring: "Being scored",
  interrupted: "Interrupted, being rescued",
  failed: "Could not be scored",
};

const mean = (values: (number | null)[]): number | null => {
  const known = values.filter((x): x is number => x !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
};

/** The mean of the four scores of up to eight sessions, this one last. */
export function sparkOf(id: string, trends: Trends | null): (number | null)[] {
  const points = [...(trends?.points ?? [])].sort((a, b) => a.at_us - b.at_us);
  const at = points.findIndex((point) => point.session_id === id);
  return at < 0
    ? []
    : points.slice(Math.max(0, at - 7), at + 1).map((point) => mean(SCORES.map(({ name }) => point.scores[name])));
}

interface Props {
  session: Session;
  trends: Trends | null;
  picked: boolean;
  onPick: () => void;
}

export function HistoryRow({ session, trends, picked, onPick }: Props) {
  const first = session.questions[0]?.text ?? (session.source === "upload" ? "An uploaded recording" : "Free speech");
  const more = session.questions.length - 1;
  const spark = sparkOf(session.id, trends);
  const ready = session.state === "ready";
  return (
    <li
      data-testid="history-row"
      data-session={session.id}
      data-state={session.state}
      className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 px-3 py-3 sm:px-5 md:grid-cols-[auto_minmax(0,1fr)_14rem_5.5rem_5.75rem]"
    >
      <label className="grid size-11 place-items-center">
        <span className="sr-only">Compare this session</span>
        <input
          type="checkbox"
          checked={picked}
          disabled={!ready}
          onChange={onPick}
          data-testid="pick"
          className="size-4.5 accent-accent disabled:opacity-30"
        />
      </label>
      <Link href={`/sessions/${session.id}`} className="group min-w-0 rounded-lg py-1">
        <span className="line-clamp-2 font-medium md:line-clamp-1 group-hover:text-accent">{first}</span>
        <span className="tabular block text-sm text-ink-2">
          {when(session.started_us ?? session.created_us)}
          {session.duration_ms !== null && ` · ${clock(session.duration_ms)}`}
          {more > 0 && ` · and ${more} more`}
          {!ready && <span className="text-caution"> · {STATES[session.state] ?? session.state}</span>}
        </span>
      </Link>
      <dl className="flex gap-4 max-md:order-last max-md:col-span-3 max-md:pl-14 max-md:pt-1">
        {SCORES.map(({ name, title }) => (
          <div key={name} className="flex w-11 items-center gap-1.5" title={title}>
            <dt>
              <ScoreMark name={name} size={10} />
              <span className="sr-only">{title}</span>
            </dt>
            <dd className="tabular font-semibold">{scoreText(session.scores?.[name])}</dd>
          </div>
        ))}
      </dl>
      <div className="w-20 max-md:hidden">{spark.length > 1 && <Spark values={spark} width={72} height={24} />}</div>
      <div className="flex justify-end">
        <GoldStar session={session} />
        <DeleteSession session={session} />
      </div>
    </li>
  );
}
