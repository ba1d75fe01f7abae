// The foot of the Arena: a small level meter, next question, pause, stop.
import { ChevronRight, Mic, Pause, Play, Square } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { watchLevel } from "../../live/level";
import { isOver } from "./arena-state";
import type { Arena } from "./use-arena";

const ROUND =
  "inline-flex min-h-12 items-center justify-center gap-2 whitespace-nowrap rounded-full px-4 text-sm font-medium disabled:opacity-40 sm:px-5";
const DIM = `${ROUND} bg-white/15 text-white hover:bg-white/25`;
const BRIGHT = `${ROUND} bg-white text-[#1d1e22] hover:bg-white/90`;

function Level({ stream }: { stream: MediaStream | null }) {
  const bars = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!stream) return;
    return watchLevel(stream, (level) => {
      bars.current?.style.setProperty("clip-path", `inset(0 ${100 - Math.round(level * 100)}% 0 0)`);
    });
  }, [stream]);
  return (
    <div className="flex items-center gap-2 text-white/80" data-testid="level">
      <Mic size={16} aria-hidden="true" />
      <span className="relative block h-1.5 w-16 overflow-hidden rounded-full bg-white/20">
        <span
          ref={bars}
          className="absolute inset-0 rounded-full bg-white/90"
          style={{ clipPath: "inset(0 100% 0 0)" }}
        />
      </span>
      <span className="sr-only">Microphone level</span>
    </div>
  );
}

function Key({ name, does }: { name: string; does: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <kbd className="rounded border border-white/25 px-1.5 font-sans text-xs">{name}</kbd>
      {does}
    </span>
  );
}

export function Controls({ arena, time }: { arena: Arena; time: ReactNode }) {
  const { stage, connection, hold, index, questions, stream, send } = arena;
  const last = index >= questions.length - 1;
  const over = isOver(arena);
  const paused = hold?.why === "asked";
  const live = stage.at === "answering" && connection.is === "live";
  return (
    <div className="absolute inset-x-0 bottom-0 grid grid-cols-[1fr_auto] items-center gap-3 px-4 pb-[max(1rem,env(safe-area-inset-bottom))] sm:grid-cols-[1fr_auto_1fr] sm:px-5 sm:pb-[max(1.25rem,env(safe-area-inset-bottom))]">
      <Level stream={stream} />
      {time}
      <div className="flex justify-center gap-2 max-sm:order-last max-sm:col-span-2 sm:gap-3">
        <button
          type="button"
          data-testid="pause"
          onClick={() => send({ is: paused ? "resume" : "pause" })}
          disabled={over || hold?.why === "device" || !live}
          className={DIM}
        >
          {paused ? <Play size={16} aria-hidden="true" /> : <Pause size={16} aria-hidden="true" />}
          <span className="max-sm:sr-only">{paused ? "Go on" : "Pause"}</span>
        </button>
        <button
          type="button"
          data-testid="stop"
          onClick={() => send(last && stage.at === "answering" ? { is: "done", then: "stop" } : { is: "stop" })}
          disabled={over}
          className={last && stage.at === "answering" ? BRIGHT : DIM}
        >
          <Square size={14} fill="currentColor" aria-hidden="true" />
          {last && stage.at === "answering" ? "Finish" : "End here"}
        </button>
        {!last && (
          <button
            type="button"
            data-testid="next-question"
            onClick={() => send({ is: "done", then: "next" })}
            disabled={over || hold !== null || !live}
            className={BRIGHT}
          >
            Next question
            <ChevronRight size={16} aria-hidden="true" />
          </button>
        )}
      </div>
      <p className="flex gap-3 justify-self-end text-sm text-white/65 max-lg:hidden" aria-hidden="true">
        {!last && <Key name="N" does="next" />}
        <Key name="P" does="pause" />
        <Key name="V" does="my video" />
      </p>
    </div>
  );
}
