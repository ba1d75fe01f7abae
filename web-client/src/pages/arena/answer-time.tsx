// The thin time bar that warms as the suggested time runs out, and the time itself.
import { useEffect, useState, type ReactNode } from "react";
import { bar, clock, elapsed, type Timer, type Warmth } from "../../live/timer";

const COLOURS: Record<Warmth, string> = { cool: "#dcd9ff", warm: "#f5cf87", hot: "#f2a35c", over: "#ef8262" };

export function AnswerTime({
  timer,
  suggestedMs,
  children,
}: {
  timer: Timer;
  suggestedMs: number;
  children: ReactNode;
}) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    setNow(performance.now());
    if (timer.since === null) return;
    const tick = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(tick);
  }, [timer]);
  const spent = elapsed(timer, now);
  const { filled, warmth } = bar(spent, suggestedMs);
  return (
    <div className="absolute inset-x-0 top-0">
      <div className="h-1 bg-white/15" aria-hidden="true">
        <div
          className="h-full origin-left transition-[transform,background-color] duration-300 ease-linear"
          style={{ transform: `scaleX(${filled})`, background: COLOURS[warmth] }}
        />
      </div>
      <div className="flex items-center justify-between px-5 pt-4">
        {children}
        <p className="tabular text-sm font-medium text-white/90" data-testid="timer" data-warmth={warmth} role="timer">
          <span className="sr-only">Time of this answer: </span>
          {clock(spent)}
          {suggestedMs > 0 && <span className="text-white/65"> / {clock(suggestedMs)}</span>}
        </p>
      </div>
    </div>
  );
}
