// On a narrow screen the replay is pinned to the foot while it plays out of sight.
import { useEffect, useRef, useState, type RefObject } from "react";
import { useMedia } from "../../ui/use-media";

export interface Pinned {
  /** The place that the replay has in the page, whether it is there or pinned. */
  place: RefObject<HTMLDivElement | null>;
  pinned: boolean;
  /** Puts it back, until it plays the next time. */
  unpin: () => void;
}

export function usePinned(playing: boolean): Pinned {
  const place = useRef<HTMLDivElement>(null);
  const narrow = useMedia("(max-width: 1023px)");
  const [away, setAway] = useState(false);
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      ([entry]) => setAway(entry !== undefined && entry.intersectionRatio < 0.35),
      {
        threshold: [0, 0.35, 1],
      },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (playing) setWanted(true);
  }, [playing]);
  return { place, pinned: narrow && away && wanted, unpin: () => setWanted(false) };
}
