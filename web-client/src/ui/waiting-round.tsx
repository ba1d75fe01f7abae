// A round that was left in the middle: every page offers to go on with it for as long as the server waits.
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { session } from "../api/calls";
import { forgetRound, recallRound, waitsFor, type Round } from "../live/round";

/** The round that waits, and for how many seconds still; null: none. */
function useWaitingRound(): { round: Round; left: number } | null {
  const [found, setFound] = useState<{ round: Round; left: number } | null>(null);
  useEffect(() => {
    const look = () => {
      const round = recallRound();
      const left = round ? Math.ceil(waitsFor(round, Date.now()) / 1000) : 0;
      setFound(round && left > 0 ? { round, left } : null);
    };
    look();
    const tick = setInterval(look, 1000);
    return () => clearInterval(tick);
  }, []);
  // It may have ended in another way; the server knows.
  const id = found?.round.session;
  useEffect(() => {
    if (id === undefined) return;
    session(id).then(
      ({ state }) => {
        if (!["created", "live", "grace"].includes(state)) forgetRound(id);
      },
      () => undefined,
    );
  }, [id]);
  return found;
}

export function WaitingRound() {
  const waiting = useWaitingRound();
  if (!waiting) return null;
  const { round, left } = waiting;
  const name = round.count > 1 ? `question ${round.index + 1}` : "your answer";
  return (
    <aside
      aria-label="A round is waiting"
      data-testid="waiting-round"
      className="appear mx-auto mt-3 flex w-[calc(100%-2rem)] max-w-[84rem] flex-wrap items-center gap-x-4 gap-y-2 rounded-2xl bg-accent-soft px-5 py-3"
    >
      <p className="min-w-0 flex-1 basis-64">
        <span className="font-medium">Your round is waiting.</span>{" "}
        <span className="text-ink-2">
          Everything you said is safe; it ends by itself in <span className="tabular">{left} s</span>.
        </span>
      </p>
      <Link
        href={`/arena/${round.session}`}
        data-testid="back-to-round"
        className="inline-flex min-h-11 items-center rounded-xl bg-accent px-4 text-sm font-medium text-on-accent hover:brightness-110"
      >
        Go on with {name}
      </Link>
    </aside>
  );
}
