// Before an answer: time to think, the question read aloud if wanted, then three, two, one.
import { useEffect, useState } from "react";
import { readAloud } from "../../live/aloud";
import type { ArenaState } from "./arena-state";

function Left({ until }: { until: number }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(tick);
  }, []);
  return <span className="tabular text-4xl font-semibold">{Math.ceil(Math.max(0, until - now) / 1000)}</span>;
}

interface Props {
  arena: ArenaState;
  onReady: () => void;
}

export function Prepare({ arena, onReady }: Props) {
  const { stage, index, questions } = arena;
  const preparing = stage.at === "preparing";
  const until = preparing ? stage.until : null;
  const text = questions[index]?.text;
  const aloud = preparing && arena.readAloud && text !== undefined;
  useEffect(() => {
    if (!aloud) return;
    // Without a time of its own, preparing ends with the voice.
    return readAloud(text, until === null ? onReady : () => undefined);
  }, [aloud, text, until, onReady]);

  if (stage.at === "counting") {
    return (
      <div className="grid justify-items-center gap-3" data-testid="countdown">
        <p role="alert" className="sr-only">
          Your answer begins in three seconds
        </p>
        <p key={stage.left} aria-hidden="true" className="appear tabular text-7xl font-semibold">
          {stage.left}
        </p>
        <p className="text-white/75">Look into the camera. Recording starts at one.</p>
      </div>
    );
  }
  if (!preparing) return null;
  return (
    <div className="grid justify-items-center gap-4" data-testid="preparing">
      {until !== null && <Left until={until} />}
      <p className="text-white/75">
        {until === null ? "Listen to the question" : "Time to think. Nothing is recorded now."}
      </p>
      <button
        type="button"
        data-testid="ready"
        onClick={onReady}
        className="inline-flex min-h-12 items-center rounded-full bg-white px-6 text-sm font-medium text-[#1d1e22] hover:bg-white/90"
      >
        I am ready
      </button>
    </div>
  );
}
