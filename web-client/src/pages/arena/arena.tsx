// The Arena: the preview fills the page, the question in one line, one hint, and no number but the time.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { keys, useSession } from "../../api/queries";
import type { Session } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { Failure, Loading } from "../../ui/states";
import { Controls } from "./controls";
import { HintPill } from "./hint-pill";
import { Light } from "./light";
import { Notices, Standstill } from "./standstill";
import { AnswerTime } from "./answer-time";
import { useArena } from "./use-arena";

export default function Arena({ id }: { id: string }) {
  const session = useSession(id);
  // What was there when the page opened decides: later states come by the live channel.
  const [first, setFirst] = useState<Session | null>(null);
  const [, go] = useLocation();
  useEffect(() => {
    if (!session.data || first) return;
    if (["created", "live", "grace"].includes(session.data.state)) setFirst(session.data);
    else go(`/sessions/${id}`, { replace: true });
  }, [session.data, first, go, id]);
  if (first) return <Stage session={first} />;
  return (
    <main className="mx-auto grid min-h-dvh max-w-lg content-center px-6">
      {session.isError ? (
        <Failure error={session.error} retry={() => void session.refetch()} />
      ) : (
        <Loading what="the session" rows={1} />
      )}
    </main>
  );
}

function Stage({ session }: { session: Session }) {
  const arena = useArena(session);
  const [asking, setAsking] = useState(false);
  const [, go] = useLocation();
  const cache = useQueryClient();
  const video = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    document.title = "Answering · Interview Coach";
    // The report's code comes while there is time, so that stopping leads straight to it.
    void import("../report/session").catch(() => undefined);
  }, []);
  useEffect(() => {
    if (video.current) video.current.srcObject = arena.stream;
  }, [arena.stream]);
  useEffect(() => {
    if (!arena.ended) return;
    // The page of the session begins with what is known to be true, not with what was there before the answer.
    cache.setQueryData(keys.session(session.id), { ...session, state: "finalising" } satisfies Session);
    void cache.invalidateQueries({ queryKey: keys.session(session.id) });
    void cache.invalidateQueries({ queryKey: keys.sessions });
    go(`/sessions/${session.id}`, { replace: true });
  }, [arena.ended, cache, go, session]);

  const { next, pause, resume, hold } = arena;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.querySelector("dialog[open]"))
        return;
      if (event.key === "n" || event.key === "N") next();
      else if (event.key === "p" || event.key === "P") (hold ? resume : pause)();
      else if (event.key === "Escape") setAsking(true);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [next, pause, resume, hold]);

  const state = arena.hold ? "paused" : arena.connection.is;
  return (
    <main
      data-testid="arena"
      data-state={state}
      data-session={session.id}
      className="stage fixed inset-0 overflow-hidden bg-[#101114] text-[#f6f4f0]"
    >
      <video
        ref={video}
        autoPlay
        muted
        playsInline
        aria-label="Your camera, mirrored"
        className={`absolute inset-0 size-full -scale-x-100 object-cover transition-[filter,opacity] duration-500 ${arena.hold ? "opacity-40 blur-md" : ""}`}
      />
      <div className="pointer-events-none absolute inset-x-0 top-0 h-56 bg-gradient-to-b from-black/80 via-black/45 to-transparent" />
      <div className="pointer-events-none absolute inset-x-0 bottom-0 h-64 bg-gradient-to-t from-black/80 via-black/40 to-transparent" />

      <AnswerTime timer={arena.timer} suggestedMs={arena.question?.suggested_ms ?? 0}>
        <Light state={state} />
      </AnswerTime>

      <div className="absolute inset-x-0 top-16 px-5 text-center sm:top-14">
        {arena.count > 1 && (
          <p className="mb-1 text-sm text-white/75">
            Question {arena.index + 1} of {arena.count}
          </p>
        )}
        <h1
          key={arena.index}
          data-testid="question"
          className="appear mx-auto max-w-6xl text-xl font-medium leading-snug [text-shadow:0_1px_12px_rgb(0_0_0/0.5)] sm:text-2xl"
        >
          {arena.question?.text ?? "Speak freely"}
        </h1>
        <Notices arena={arena} />
      </div>

      <HintPill hint={arena.hint} />
      <Standstill arena={arena} />
      <Controls arena={arena} onStop={arena.stop} />

      <Confirm
        open={asking}
        title="End this session?"
        yes="End and see the report"
        no="Keep going"
        onNo={() => setAsking(false)}
        onYes={() => {
          setAsking(false);
          arena.stop();
        }}
      >
        What you said until now is kept and scored.
      </Confirm>
    </main>
  );
}
