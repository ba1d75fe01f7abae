// The still of a recording with its length, fetched when its row comes into sight.
import { AudioLines, Video } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useRecording } from "../../api/queries";
import type { Session } from "../../api/types";
import { clock } from "../../live/timer";

/** Whether the element was ever in sight. */
function useSeen() {
  const ref = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element || seen || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: "200px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen]);
  return { ref, seen };
}

export function Thumb({ session }: { session: Session }) {
  const { ref, seen } = useSeen();
  const recording = useRecording(session.id, seen && session.state === "ready");
  const [broken, setBroken] = useState(false);
  const poster = broken ? null : recording.data?.poster_url;
  const Icon = recording.data && !recording.data.poster_url ? AudioLines : Video;
  return (
    <div ref={ref} className="relative h-13 w-21 shrink-0 overflow-hidden rounded-lg bg-sunken" aria-hidden="true">
      {poster ? (
        <img
          src={poster}
          crossOrigin="anonymous"
          alt=""
          className="size-full object-cover"
          onError={() => setBroken(true)}
        />
      ) : (
        <Icon size={18} className="absolute inset-0 m-auto text-ink-3" />
      )}
      {session.duration_ms !== null && (
        <span className="tabular absolute bottom-1 right-1 rounded bg-black/70 px-1 text-[0.6875rem] leading-4 text-white">
          {clock(session.duration_ms)}
        </span>
      )}
    </div>
  );
}
