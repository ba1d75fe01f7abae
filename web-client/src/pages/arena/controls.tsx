// The foot of the Arena: a small level meter, next question, pause, stop.
import { ChevronRight, Mic, Pause, Play, Square } from "lucide-react";
import { useEffect, useRef } from "react";
import { watchLevel } from "../../live/level";
import type { ArenaState } from "./use-arena";

const ROUND =
  "inline-flex min-h-12 items-center justify-center gap-2 whitespace-nowrap rounded-full px-4 text-sm font-medium backdrop-blur disabled:opacity-40 sm:px-5";

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

export function Controls({ arena, onStop }: { arena: ArenaState; onStop: () => void }) {
  const last = arena.index >= arena.count - 1;
  const over = ["stopping", "stopped", "failed"].includes(arena.connection.is);
  const paused = arena.hold?.why === "asked";
  return (
    <div className="absolute inset-x-0 bottom-0 grid grid-cols-[1fr_auto] items-center gap-3 px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] sm:grid-cols-[1fr_auto_1fr]">
      <Level stream={arena.stream} />
      <div className="flex gap-3 max-sm:order-last max-sm:col-span-2 max-sm:justify-center">
        <button
          type="button"
          data-testid="pause"
          onClick={paused ? arena.resume : arena.pause}
          disabled={over || arena.hold?.why === "device" || arena.connection.is !== "live"}
          className={`${ROUND} bg-white/15 text-white hover:bg-white/25`}
        >
          {paused ? <Play size={16} aria-hidden="true" /> : <Pause size={16} aria-hidden="true" />}
          <span className="max-sm:sr-only">{paused ? "Go on" : "Pause"}</span>
        </button>
        <button
          type="button"
          data-testid="stop"
          onClick={onStop}
          disabled={over}
          className={`${ROUND} ${last ? "bg-white text-[#1d1e22] hover:bg-white/90" : "bg-white/15 text-white hover:bg-white/25"}`}
        >
          <Square size={14} fill="currentColor" aria-hidden="true" />
          {last ? "Finish" : "End here"}
        </button>
        {!last && (
          <button
            type="button"
            data-testid="next-question"
            onClick={arena.next}
            disabled={over || arena.hold !== null || arena.connection.is !== "live"}
            className={`${ROUND} bg-white text-[#1d1e22] hover:bg-white/90`}
          >
            Next question
            <ChevronRight size={16} aria-hidden="true" />
          </button>
        )}
      </div>
      <p className="justify-self-end text-xs text-white/65 max-sm:hidden" aria-hidden="true">
        {last ? "" : "N next · "}P pause · Esc end
      </p>
    </div>
  );
}
