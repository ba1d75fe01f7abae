// History: what changed, then every try, grouped by the question that is practised.
import { Search, Star, Upload } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useQuestions, useSessions, useTrends } from "../../api/queries";
import type { Session } from "../../api/types";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { toSearch } from "../home/choice";
import { BulkBar } from "./bulk-bar";
import { QuestionGroup } from "./group";
import { groups, matches } from "./groups";
import { HistoryRow } from "./history-row";
import { Said } from "./said";
import { Trends } from "./trends";
import { useRowKeys } from "./use-row-keys";

function Choice({ on, onClick, children }: { on: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onClick}
      className={`inline-flex min-h-11 items-center gap-2 rounded-full border px-4 text-sm font-medium ${
        on
          ? "border-ink bg-ink text-ground"
          : "border-line bg-surface text-ink-2 hover:border-line-strong hover:text-ink"
      }`}
    >
      {children}
    </button>
  );
}

interface View {
  typed: string;
  byDay: boolean;
  references: boolean;
}

function Tools({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "/" || (event.target instanceof Element && event.target.closest("input, textarea, dialog")))
        return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <div className="flex flex-wrap gap-2">
      <label className="relative block min-w-0 flex-1 basis-64 sm:max-w-sm">
        <span className="sr-only">Search questions and words</span>
        <Search size={17} aria-hidden="true" className="absolute left-4 top-1/2 -translate-y-1/2 text-ink-3" />
        <input
          ref={field}
          type="search"
          value={view.typed}
          maxLength={80}
          onChange={(event) => onChange({ ...view, typed: event.target.value })}
          placeholder="Search questions and words"
          className="h-11 w-full rounded-xl border border-line bg-surface pl-11 pr-4 placeholder:text-ink-3"
        />
      </label>
      <div className="flex flex-wrap gap-2">
        <Choice on={!view.byDay} onClick={() => onChange({ ...view, byDay: false })}>
          By question
        </Choice>
        <Choice on={view.byDay} onClick={() => onChange({ ...view, byDay: true })}>
          By day
        </Choice>
        <Choice on={view.references} onClick={() => onChange({ ...view, references: !view.references })}>
          <Star size={15} aria-hidden="true" />
          References
        </Choice>
      </div>
    </div>
  );
}

const NO_SESSIONS: Session[] = [];

/** The sessions that are worth a row. */
function useRecorded() {
  const query = useSessions();
  const sessions = useMemo(
    () =>
      query.data?.pages
        .flatMap((page) => page.sessions)
        .filter(({ state }) => state !== "created" && state !== "deleted") ?? NO_SESSIONS,
    [query.data],
  );
  return { query, sessions };
}

function Head({ sessions, more }: { sessions: Session[]; more: boolean }) {
  const questions = groups(sessions).length;
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1">
        <h1 className="text-2xl font-semibold">History</h1>
        {sessions.length > 0 && (
          <p className="tabular mt-1 text-sm text-ink-2">
            {sessions.length === 1 ? "1 session" : `${sessions.length}${more ? "+" : ""} sessions`},{" "}
            {questions === 1 ? "1 question" : `${questions} questions`}
          </p>
        )}
      </div>
      <div className="flex gap-2">
        <ButtonLink to="/upload">
          <Upload size={16} aria-hidden="true" />
          <span>
            Upload<span className="max-sm:hidden"> a recording</span>
          </span>
        </ButtonLink>
        <ButtonLink to="/" look="primary">
          Practise
        </ButtonLink>
      </div>
    </div>
  );
}

/** The question that almost every interview begins with. */
const FIRST = "motivation-yourself";

function NothingYet() {
  const bank = useQuestions();
  const first = bank.data?.find(({ id }) => id === FIRST);
  return (
    <Empty
      title="Nothing recorded yet"
      action={
        <div className="mt-2 flex flex-wrap justify-center gap-2">
          {first && (
            <ButtonLink to={`/check?${toSearch([first.id])}`} look="primary" data-testid="first-question">
              Begin with “{first.text}”
            </ButtonLink>
          )}
          <ButtonLink to="/" look={first ? "plain" : "primary"}>
            Choose a question
          </ButtonLink>
          <ButtonLink to="/sample" look="quiet" data-testid="see-sample">
            See a sample report
          </ButtonLink>
        </div>
      }
    >
      Your answers will be kept here by question, with what changed from try to try. The first takes about two minutes;
      a recording made elsewhere counts too.
    </Empty>
  );
}

const ALL: View = { typed: "", byDay: false, references: false };

export default function History() {
  const { query, sessions } = useRecorded();
  const trends = useTrends();
  const [view, setView] = useState<View>(ALL);
  const [picked, setPicked] = useState<string[]>([]);
  const found = useMemo(
    () => sessions.filter((session) => matches(session, view.typed) && (!view.references || session.gold)),
    [sessions, view],
  );
  const pick = ({ id }: Session) => setPicked((now) => (now.includes(id) ? now.filter((x) => x !== id) : [...now, id]));
  const list = useRowKeys({ onClear: () => setPicked([]) });
  const chosen = sessions.filter(({ id }) => picked.includes(id));

  return (
    <Frame title="History" wide>
      <Head sessions={sessions} more={query.hasNextPage} />
      <div className="mt-5 grid grid-cols-[minmax(0,1fr)] gap-4">
        {query.isPending && <Loading what="your sessions" rows={4} />}
        {query.isError && <Failure error={query.error} retry={() => void query.refetch()} />}
        {query.data && sessions.length === 0 && <NothingYet />}
        {trends.data && sessions.length > 0 && <Trends trends={trends.data} />}
        {sessions.length > 0 && <Tools view={view} onChange={setView} />}
        <Said typed={view.typed} sessions={sessions} />
        {sessions.length > 0 && found.length === 0 && (
          <Empty
            title={view.references ? "Nothing was found" : "No question has these words"}
            action={<Button onClick={() => setView(ALL)}>Show everything</Button>}
          >
            {view.references
              ? "Only references were looked through."
              : "The questions of the sessions shown here were looked through."}
          </Empty>
        )}
        {found.length > 0 && (
          <p className="-mb-1 text-xs text-ink-2 max-lg:hidden" aria-hidden="true">
            / searches, ↓ goes to the sessions, Enter opens, X chooses, Esc clears the choice
          </p>
        )}
        <div ref={list} data-testid="history" className="grid grid-cols-[minmax(0,1fr)] gap-4">
          {view.byDay && found.length > 0 ? (
            <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
              {found.map((session) => (
                <HistoryRow
                  key={session.id}
                  session={session}
                  grouped={false}
                  best={false}
                  picked={picked.includes(session.id)}
                  onPick={() => pick(session)}
                />
              ))}
            </ul>
          ) : (
            groups(found).map((group) => <QuestionGroup key={group.id} group={group} picked={picked} onPick={pick} />)
          )}
        </div>
        {query.hasNextPage && (
          <Button
            className="justify-self-center"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show older sessions
          </Button>
        )}
      </div>
      <BulkBar chosen={chosen} onClear={() => setPicked([])} />
    </Frame>
  );
}
