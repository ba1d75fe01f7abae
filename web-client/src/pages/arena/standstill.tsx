// Whatever keeps the answer from going on, and what to do about it. Quiet where it heals by itself.
import type { ReactNode } from "react";
import { Button, ButtonLink } from "../../ui/button";
import type { Arena } from "./use-arena";

function Panel({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div
      role="alert"
      className="appear absolute left-1/2 top-1/2 w-[min(26rem,calc(100vw-2.5rem))] -translate-x-1/2 -translate-y-1/2 rounded-3xl border border-white/10 bg-[#1b1d21]/95 p-7 shadow-2xl"
      data-testid="standstill"
    >
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-2 text-[#c9cad0]">{children}</div>
      {action && <div className="mt-6 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}

/** What stands in the way, most serious first; null: nothing. */
export function Standstill({ arena }: { arena: Arena }) {
  const { connection, hold, refused, send } = arena;
  const retry = () => send({ is: "retry" });
  if (refused) {
    return (
      <Panel
        title={refused.title}
        action={
          <Button look="primary" onClick={retry}>
            Try again
          </Button>
        }
      >
        {refused.cure}
      </Panel>
    );
  }
  if (connection.is === "failed") {
    return (
      <Panel
        title={connection.problem.title}
        action={
          <>
            <Button look="primary" onClick={() => window.location.reload()}>
              Try again
            </Button>
            <ButtonLink to="/history">To the history</ButtonLink>
          </>
        }
      >
        {connection.problem.detail ?? "What was recorded until now is safe."}
      </Panel>
    );
  }
  if (hold?.why === "device") {
    const camera = hold.what === "camera";
    return (
      <Panel
        title={camera ? "The camera is gone" : "The microphone is gone"}
        action={
          <>
            <Button look="primary" onClick={retry}>
              Try again
            </Button>
            {camera && (
              <Button data-testid="voice-only-now" onClick={() => send({ is: "voice_only" })}>
                Go on with my voice alone
              </Button>
            )}
            <Button look="quiet" onClick={() => send({ is: "stop" })}>
              End here
            </Button>
          </>
        }
      >
        {hold.refused?.cure ??
          "Your answer is paused, and what you said is safe. Plug it back in, or allow it again beside the address: then it goes on by itself."}
      </Panel>
    );
  }
  if (hold?.why === "asked") {
    return (
      <Panel
        title="Paused"
        action={
          <Button look="primary" onClick={() => send({ is: "resume" })}>
            Go on
          </Button>
        }
      >
        Camera and microphone are off until you go on.
      </Panel>
    );
  }
  return null;
}

/** Below the question, because it heals by itself: nothing to do but go on. */
export function Notices({ arena }: { arena: Arena }) {
  const lost = arena.connection.is === "lost" && !arena.hold;
  const look = "appear mx-auto mt-4 w-fit max-w-xl rounded-3xl bg-white/10 px-5 py-2.5 text-sm text-balance";
  return (
    <div role="status">
      {lost && (
        <p data-testid="lost" className={look}>
          The connection was lost and is being restored. Everything until here is saved; what you say now may be
          missing.
        </p>
      )}
      {!lost && arena.notice && (
        <p data-testid="notice" className={look}>
          {arena.notice}
        </p>
      )}
    </div>
  );
}
