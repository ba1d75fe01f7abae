// The still of a recording, for a video's poster.
import { useEffect, useState } from "react";

/** The still as an address of this page. A browser asks for a poster without CORS, and what is private answers nobody elsewhere without it. */
export function usePoster(url: string | null | undefined): string | undefined {
  const [poster, setPoster] = useState<string>();
  useEffect(() => {
    if (!url) return;
    const stop = new AbortController();
    let made: string | undefined;
    const load = async () => {
      const answer = await fetch(url, { signal: stop.signal });
      if (!answer.ok) return;
      const still = await answer.blob();
      if (stop.signal.aborted) return;
      made = URL.createObjectURL(still);
      setPoster(made);
    };
    // Without it the video shows its first frame.
    load().catch(() => undefined);
    return () => {
      stop.abort();
      setPoster(undefined);
      if (made) URL.revokeObjectURL(made);
    };
  }, [url]);
  return poster;
}
