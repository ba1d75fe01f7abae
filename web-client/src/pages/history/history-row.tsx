// One session in the history.
import { Link } from "wouter";
import type { Session } from "../../api/types";
import { clock } from "../../live/timer";
import { SCORES, scoreText, when } from "../../replay/words";
import { ScoreMark } from "../../ui/score";
import { DeleteSession } from "./delete-session";
import { GoldStar } from "./gold-star";
import { titleOf } from "./groups";
import { Thumb } from "./thumb";

const STATES: Partial<Record<Session["state"], string>> = {
  live: "Being recorded",
  grace: "Waiting for you",
  finalising: "Being saved",
  scoring: "Being scored",
  interrupted: "Interrupted, being rescued",
  failed: "Could not be scored",
};

interface Props {
  session: Session;
  picked: boolean;
  best: boolean;
  /** The question is named above the row already. */
  grouped: boolean;
  onPick: () => void;
}

function Tag({ look, children }: { look: string; children: string }) {
  return <span className={`rounded-full px-2 py-0.5 text-xs font-medium ${look}`}>{children}</span>;
}

export function HistoryRow({ session, picked, best, grouped, onPick }: Props) {
  const more = session.questions.length - 1;
  const ready = session.state === "ready";
  const date = when(session.started_us ?? session.created_us);
  const length = session.duration_ms === null ? "" : `, ${clock(session.duration_ms)}`;
  return (
    <li
      data-testid="history-row"
      data-session={session.id}
      data-state={session.state}
      className="grid grid-cols-[auto_auto_minmax(0,1fr)_auto] items-center gap-x-3 px-2 py-2 sm:px-4 md:grid-cols-[auto_auto_minmax(0,1fr)_15rem_auto]"
    >
      <label className="grid size-11 place-items-center max-sm:w-8">
        <span className="sr-only">Choose {date}</span>
        <input
          type="checkbox"
          checked={picked}
          onChange={onPick}
          data-testid="pick"
          className="size-4.5 accent-accent"
        />
      </label>
      <Thumb session={session} />
      <Link href={`/sessions/${session.id}`} className="group min-w-0 rounded-lg py-1">
        <span className="line-clamp-2 font-medium group-hover:text-accent max-sm:text-sm">
          {grouped ? date : titleOf(session)}
        </span>
        <span className="tabular flex flex-wrap items-center gap-1.5 text-sm text-ink-2">
          {grouped ? (
            <span className="sr-only">
              {titleOf(session)}
              {length}
            </span>
          ) : (
            <span>{date}</span>
          )}
          {more > 0 && <span>round of {more + 1}</span>}
          {session.gold && <Tag look="bg-accent-soft text-accent">reference</Tag>}
          {best && <Tag look="bg-good-soft text-good">best try</Tag>}
          {session.source === "upload" && <Tag look="bg-sunken text-ink-2">uploaded</Tag>}
          {!ready && <Tag look="bg-caution-soft text-caution">{STATES[session.state] ?? session.state}</Tag>}
        </span>
      </Link>
      <dl
        className={`flex gap-3 max-md:col-span-4 max-md:row-start-2 max-md:pl-[7.5rem] max-sm:pl-[6.75rem] ${ready ? "" : "invisible max-md:hidden"}`}
      >
        {SCORES.map(({ name, title }) => (
          <div key={name} className="flex w-12 items-center gap-1.5" title={title}>
            <dt>
              <ScoreMark name={name} size={10} />
              <span className="sr-only">{title}</span>
            </dt>
            <dd className="tabular text-sm font-semibold">{scoreText(session.scores?.[name])}</dd>
          </div>
        ))}
      </dl>
      <div className="flex justify-end sm:w-24">
        <GoldStar session={session} />
        <span className="max-sm:hidden">
          <DeleteSession session={session} />
        </span>
      </div>
    </li>
  );
}
