// The interviewer's recording over a corner of the replay, in step with it.
import { useEffect, useRef, useState } from "react";
import { follow } from "../../replay/follow";

export function InterviewerVideo({ leader, url }: { leader: HTMLVideoElement | null; url: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (!leader || !video.current || broken) return;
    return follow(leader, video.current);
  }, [leader, url, broken]);
  if (broken) return null;
  return (
    // eslint-disable-next-line jsx-a11y/media-has-caption -- nothing that the interviewer says is written down
    <video
      ref={video}
      src={url}
      crossOrigin="anonymous"
      preload="auto"
      playsInline
      data-testid="interviewer-replay"
      aria-label="Recording of the interviewer, in step with yours"
      className="absolute right-3 top-3 aspect-[4/3] w-1/4 max-w-52 rounded-xl bg-black/60 object-cover ring-1 ring-white/25"
      onError={() => setBroken(true)}
    />
  );
}
