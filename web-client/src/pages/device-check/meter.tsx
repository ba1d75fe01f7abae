// The level meter of the device check: says in words whether the voice arrives.
import { useEffect, useRef, useState } from "react";
import { watchLevel } from "../../live/level";

/** Above this the voice has been heard. */
const HEARD = 0.35;

export function Meter({ stream }: { stream: MediaStream | null }) {
  const bar = useRef<HTMLDivElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    setHeard(false);
    if (!stream) return;
    return watchLevel(stream, (level) => {
      if (bar.current) bar.current.style.transform = `scaleX(${level})`;
      if (level > HEARD) setHeard(true);
    });
  }, [stream]);
  return (
    <div className="mt-3">
      <div className="h-2 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <div ref={bar} className="h-full w-full origin-left scale-x-0 rounded-full bg-accent" />
      </div>
      <p className="mt-1.5 text-sm text-ink-2" role="status">
        {heard ? "Your microphone works." : "Say a few words: the bar should move."}
      </p>
    </div>
  );
}
