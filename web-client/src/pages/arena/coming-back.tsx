// A page that comes back to a round, or finds that another tab has it: nothing goes on without the person's word.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { recallRound, waitsFor } from "../../live/round";
import { clock } from "../../live/timer";
import { ButtonLink } from "../../ui/button";
import type { Arena } from "./use-arena";

const WIDE = "min-h-11 w-full rounded-xl px-4 text-sm font-medium";
const FILLED = `${WIDE} bg-white text-[#1d1e22] hover:bg-white/90`;
const PLAIN = `${WIDE} bg-white/12 text-white hover:bg-white/20`;
const QUIET = `${WIDE} text-white hover:bg-white/10`;

function Card({ title, testid, children }: { title: string; testid: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section
      data-testid={testid}
      aria-labelledby="coming-back"
      className="appear absolute left-1/2 top-1/2 grid max-h-[calc(100dvh-2rem)] w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 gap-4 overflow-y-auto rounded-3xl border border-white/10 bg-[#1b1d21] p-6 shadow-2xl sm:p-7"
    >
      <h1 id="coming-back" ref={heading} tabIndex={-1} className="text-xl font-semibold outline-none">
        {title}
      </h1>
      {children}
    </section>
  );
}

/** Seconds that the server still waits, counted down; null: not known here. */
function useWaiting(session: string): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const look = () => {
      const round = recallRound();
      setLeft(round?.session === session ? Math.ceil(waitsFor(round, Date.now()) / 1000) : null);
    };
    look();
    const tick = setInterval(look, 500);
    return () => clearInterval(tick);
  }, [session]);
  return left;
}

function Waits({ session, spentMs }: { session: string; spentMs: number }) {
  const left = useWaiting(session);
  const safe = spentMs >= 1000 ? `The first ${clock(spentMs)} of this answer are` : "What you said until now is";
  return (
    <p className="text-[#c9cad0]">
      This page was left in the middle of a round. {safe} safe
      {left === null || left === 0 ? (
        ", and the round waits for you for a minute. "
      ) : (
        <>
          , and the round waits for you another <strong className="tabular text-white">{left} s</strong>.{" "}
        </>
      )}
      After that it ends by itself and you get the report of what is there.
    </p>
  );
}

export function ComingBack({ arena, session }: { arena: Arena; session: string }) {
  const { stage, index, questions, timer, send } = arena;
  if (stage.at === "resume") {
    const n = index + 1;
    const name = questions.length > 1 ? `question ${n}` : "this question";
    return (
      <Card title={`Go on with ${name}?`} testid="resume">
        <Waits session={session} spentMs={timer.before} />
        <p className="rounded-2xl bg-white/6 px-4 py-3">{questions[index]?.text ?? "Speak freely"}</p>
        <div className="grid gap-2">
          <button type="button" data-testid="go-on" className={FILLED} onClick={() => send({ is: "go_on" })}>
            Go on with {name}
          </button>
          <button type="button" data-testid="again" className={PLAIN} onClick={() => send({ is: "again" })}>
            Answer it again from the start
          </button>
          <button type="button" data-testid="end-now" className={QUIET} onClick={() => send({ is: "stop" })}>
            End here and see the report
          </button>
        </div>
      </Card>
    );
  }
  if (stage.at === "elsewhere") {
    return (
      <Card
        title={stage.handed ? "This round goes on in another tab" : "Another tab has the camera"}
        testid="elsewhere"
      >
        <p className="text-[#c9cad0]">
          {stage.handed
            ? "The other tab took it over. Nothing was lost; you can close this one."
            : "This round is being answered in another tab of this browser. Nothing changes there unless you take it over."}
        </p>
        <div className="grid gap-2">
          <button
            type="button"
            data-testid="take-over"
            className={stage.handed ? PLAIN : FILLED}
            onClick={arena.takeOver}
          >
            {stage.handed ? "Take it back to this tab" : "Take it over to this tab"}
          </button>
          <ButtonLink to="/" look="quiet">
            To the start page
          </ButtonLink>
        </div>
      </Card>
    );
  }
  return null;
}
