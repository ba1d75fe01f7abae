// The Arena: own video and hint in one rail under the lens, the question below it, and no number but the time.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { keys, useSessionNow } from "../../api/queries";
import type { Session } from "../../api/types";
import { keepEnding } from "../../live/ending";
import { usePreferences } from "../../settings/preferences";
import { Confirm } from "../../ui/confirm";
import { Failure, Loading } from "../../ui/states";
import { useMedia } from "../../ui/use-media";
import { AnswerTime, TimeBar } from "./answer-time";
import type { ArenaState } from "./arena-state";
import { ComingBack } from "./coming-back";
import { Controls } from "./controls";
import { Further } from "./further";
import { HintPill } from "./hint-pill";
import { Interviewer } from "./interviewer";
import { Prepare } from "./prepare";
import { SelfView } from "./self-view";
import { Notices, Standstill } from "./standstill";
import { useArena, type Arena as Running } from "./use-arena";
import { flipSelfView, useArenaKeys } from "./use-arena-keys";
import { Watched } from "./watched";

export default function Arena({ id }: { id: string }) {
  const session = useSessionNow(id);
  // What was there when the page opened decides: later states come by the live channel.
  const [first, setFirst] = useState<Session | null>(null);
  const [, go] = useLocation();
  const fresh = session.isFetchedAfterMount;
  useEffect(() => {
    if (!session.data || !fresh || first) return;
    if (["created", "live", "grace"].includes(session.data.state)) setFirst(session.data);
    else go(`/sessions/${id}`, { replace: true });
  }, [session.data, fresh, first, go, id]);
  if (first) return <Stage session={first} />;
  return (
    <main className="mx-auto grid min-h-dvh max-w-lg content-center px-6">
      {session.isError ? (
        <Failure page error={session.error} retry={() => void session.refetch()} />
      ) : (
        <Loading page what="the session" rows={1} />
      )}
    </main>
  );
}

/** What the Arena is doing, in one word: for its light, and for tests. */
export function wordOf({ stage, hold, connection }: ArenaState): string {
  if (hold) return "paused";
  return stage.at === "answering" ? connection.is : stage.at;
}

/** Leads on when the round is over. */
function useEnd(session: Session, { stage, questions, index }: ArenaState): void {
  const [, go] = useLocation();
  const cache = useQueryClient();
  const ending = stage.at === "ended" ? stage.ending : null;
  useEffect(() => {
    if (ending === null) return;
    if (ending === "nothing") {
      go("/", { replace: true });
      return;
    }
    const open = questions.slice(index + 1).map(({ id }) => id);
    if (ending !== "stopped") keepEnding({ session: session.id, ending, open });
    // The page of the session begins with what is known to be true, not with what was there before the answer.
    cache.setQueryData(keys.session(session.id), { ...session, state: "finalising" } satisfies Session);
    void cache.invalidateQueries({ queryKey: keys.session(session.id) });
    void cache.invalidateQueries({ queryKey: keys.sessions });
    go(`/sessions/${session.id}`, { replace: true });
  }, [ending, cache, go, session, questions, index]);
}

function Stage({ session }: { session: Session }) {
  const arena = useArena(session);
  const [asking, setAsking] = useState(false);
  const { stage, send } = arena;
  useEffect(() => {
    document.title = "Answering · Interview Coach";
    // The report's code comes while there is time, so that stopping leads straight to it.
    void import("../report/session").catch(() => undefined);
  }, []);
  useEnd(session, arena);
  useArenaKeys(
    arena,
    useCallback(() => setAsking(true), []),
  );
  const state = wordOf(arena);
  const away = stage.at === "resume" || stage.at === "elsewhere";
  return (
    <main
      data-testid="arena"
      data-state={state}
      data-session={session.id}
      className="stage fixed inset-0 overflow-hidden overscroll-none bg-[#101114] bg-[radial-gradient(ellipse_at_top,#22242a_0,#101114_60%)] text-[#f6f4f0]"
    >
      {away ? (
        <ComingBack arena={arena} session={session.id} />
      ) : (
        <Answering arena={arena} session={session} state={state} />
      )}
      <Confirm
        open={asking}
        title="End this session?"
        yes="End and see the report"
        no="Keep going"
        onNo={() => setAsking(false)}
        onYes={() => {
          setAsking(false);
          send({ is: "stop" });
        }}
      >
        What you said until now is kept and scored.
      </Confirm>
    </main>
  );
}

function Answering({ arena, session, state }: { arena: Running; session: Session; state: string }) {
  const { timer, questions, index, stream, hint, hold, send, judgeHint } = arena;
  const { selfView } = usePreferences();
  const question = questions[index] ?? null;
  const suggestedMs = question?.suggested_ms ?? 0;
  const time = <AnswerTime state={state} timer={timer} suggestedMs={suggestedMs} />;
  // In a narrow rail there is room for video and hint alone.
  const narrow = useMedia("(max-width: 639px)");
  const onReady = useCallback(() => send({ is: "ready" }), [send]);
  return (
    <>
      <TimeBar timer={timer} suggestedMs={suggestedMs} />
      <div className="flex h-full flex-col landscape-phone:flex-row">
        <div className="grid shrink-0 grid-cols-[auto_minmax(0,1fr)] items-center gap-4 px-4 pt-4 sm:grid-cols-[1fr_auto_1fr] sm:gap-6 landscape-phone:w-56 landscape-phone:grid-cols-1 landscape-phone:content-start landscape-phone:gap-3">
          {!narrow && <div className="justify-self-end landscape-phone:justify-self-start">{time}</div>}
          <SelfView stream={stream} hidden={selfView === "hidden"} dimmed={hold !== null} onFlip={flipSelfView} />
          <HintPill hint={hint} onJudge={judgeHint} />
        </div>
        <div className="flex min-h-0 flex-1 flex-col px-5 pb-36 pt-6 text-center landscape-phone:pb-16 landscape-phone:pt-5 sm:pb-28">
          <Watched viewers={arena.viewers} />
          {questions.length > 1 && (
            <p className="mb-1.5 text-sm text-white/75">
              Question {index + 1} of {questions.length}
            </p>
          )}
          <h1
            key={index}
            data-testid="question"
            className="appear mx-auto max-w-3xl text-xl font-medium sm:text-2xl landscape-phone:text-xl"
          >
            {question?.text ?? "Speak freely"}
          </h1>
          <Further arena={arena} />
          <Notices arena={arena} />
          {session.room && <Interviewer session={session.id} there={arena.interviewer} />}
          <div className={`grid place-content-center ${session.room ? "" : "flex-1"}`}>
            <Prepare arena={arena} onReady={onReady} />
          </div>
        </div>
      </div>
      <Standstill arena={arena} />
      <Controls arena={arena} time={narrow ? time : null} />
    </>
  );
}
