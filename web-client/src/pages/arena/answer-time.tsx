// Whether it is being recorded, the time of this answer, and the bar at the edge that fills with the suggested time.
import { useEffect, useState } from "react";
import { clock, elapsed, shareOf, type Timer } from "../../live/timer";

const WORDS: Record<string, string> = {
  joining: "Opening",
  resume: "Waiting",
  elsewhere: "In another tab",
  opening: "Opening the camera",
  preparing: "Not recording yet",
  counting: "Not recording yet",
  idle: "Connecting",
  connecting: "Connecting",
  live: "Recording",
  lost: "Reconnecting",
  paused: "Paused",
  stopping: "Ending",
  stopped: "Ended",
  ended: "Ended",
  failed: "Not connected",
};

function useElapsed(timer: Timer): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    setNow(performance.now());
    if (timer.since === null) return;
    const tick = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(tick);
  }, [timer]);
  return elapsed(timer, now);
}

export function TimeBar({ timer, suggestedMs }: { timer: Timer; suggestedMs: number }) {
  const share = shareOf(useElapsed(timer), suggestedMs);
  return (
    <div className="absolute inset-x-0 top-0 h-1 bg-white/15" aria-hidden="true">
      <div
        className="h-full origin-left bg-[#dcd9ff] transition-transform duration-300 ease-linear"
        style={{ transform: `scaleX(${share})` }}
      />
    </div>
  );
}

export function AnswerTime({ state, timer, suggestedMs }: { state: string; timer: Timer; suggestedMs: number }) {
  const spent = useElapsed(timer);
  const colour =
    state === "live" ? "bg-[#ff8a7a]" : state === "lost" || state === "failed" ? "bg-[#f2b36b]" : "bg-white/50";
  return (
    <div className="flex items-center gap-x-2.5 gap-y-1 whitespace-nowrap text-sm text-white/80">
      <p role="status" data-testid="live-light" className="flex items-center gap-2">
        <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />
        {WORDS[state] ?? state}
      </p>
      <p className="tabular" data-testid="timer" role="timer">
        <span className="sr-only">Time of this answer: </span>
        <span className="font-semibold text-white">{clock(spent)}</span>
        {suggestedMs > 0 && <span className="text-white/70"> of {clock(suggestedMs)}</span>}
      </p>
    </div>
  );
}
