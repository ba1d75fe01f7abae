// One of the two replays: the leader carries the clock, the other follows it.
import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Recording } from "../../api/types";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";
import type { Letter } from "../../replay/verdict";
import { AudioOnly, hasNoVideo } from "../report/audio-only";

/** Further apart than this the follower jumps; below, it would only stutter. */
const DRIFT_S = 0.15;

interface Props {
  recording: UseQueryResult<Recording>;
  player: Player;
  leads: boolean;
  /** Its sound is the one that is heard. */
  heard: boolean;
  start: number;
  end: number;
  letter: Letter;
}

export function Video({ recording, player, leads, heard, start, end, letter }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [broken, setBroken] = useState(false);
  const [width, setWidth] = useState<number | null>(null);
  const [ended, setEnded] = useState(false);
  const url = recording.data?.url;

  useEffect(() => player.subscribe((t) => setEnded(t > 0 && start + t > end)), [player, start, end]);

  useEffect(() => {
    const element = video.current;
    if (!element || !url) return;
    if (leads) return player.attach(element);
    return player.subscribe((t) => {
      const wanted = (start + t) / 1000;
      const over = start + t > end;
      if (!over && Math.abs(element.currentTime - wanted) > DRIFT_S) element.currentTime = wanted;
      if (player.playing && !over && element.paused) void element.play().catch(() => undefined);
      if ((!player.playing || over) && !element.paused) element.pause();
      if (element.playbackRate !== player.rate) element.playbackRate = player.rate;
    });
  }, [player, leads, url, start, end]);

  return (
    <div className="stage relative aspect-[4/3] overflow-hidden rounded-3xl bg-[#0f1012] text-[#f1efeb]">
      {url && !broken && (
        // eslint-disable-next-line jsx-a11y/media-has-caption -- the words stand in each session's own report
        <video
          ref={video}
          src={url}
          crossOrigin="anonymous"
          preload="auto"
          playsInline
          muted={!heard}
          aria-label={`Recording ${letter}`}
          className="size-full object-contain"
          onClick={() => player.toggle()}
          onLoadedMetadata={(event) => setWidth(event.currentTarget.videoWidth)}
          onError={() => setBroken(true)}
        />
      )}
      {url && !broken && hasNoVideo(recording.data, width) && <AudioOnly />}
      {ended && !broken && (
        <p className="absolute inset-0 grid place-content-center bg-black/55 text-sm">
          {letter} ended at {clock(end - start)}
        </p>
      )}
      {(broken || recording.isError) && (
        <p role="alert" className="absolute inset-0 grid place-content-center text-sm">
          This recording does not play
        </p>
      )}
      {!url && !recording.isError && (
        <p role="status" className="absolute inset-0 grid place-content-center text-sm opacity-80">
          Fetching the recording
        </p>
      )}
    </div>
  );
}
