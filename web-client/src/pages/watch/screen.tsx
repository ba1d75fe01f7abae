// A participant's video and audio, or a word about why there is none.
import { Volume2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Participant } from "../../api/calls";
import type { WatcherState } from "../../live/watcher";
import { Button } from "../../ui/button";

/** Without a new frame for so long, the video stands still. */
const STILL_MS = 3000;

/** Whether the video stands still while the stream goes on: a weak line carries audio alone. */
function useStill(video: React.RefObject<HTMLVideoElement | null>, stream: MediaStream | null): boolean {
  const [still, setStill] = useState(false);
  useEffect(() => {
    const screen = video.current;
    if (!screen || !stream) return;
    let [frames, since] = [-1, performance.now()];
    const timer = setInterval(() => {
      // Firefox counts no frames of a live stream, and is believed.
      const now = screen.getVideoPlaybackQuality().totalVideoFrames;
      if (now !== frames || now === 0) [frames, since] = [now, performance.now()];
      setStill(performance.now() - since > STILL_MS);
    }, 500);
    return () => {
      clearInterval(timer);
      setStill(false);
    };
  }, [video, stream]);
  return still;
}

interface Props {
  state: WatcherState;
  /** Their connection is lost, and the server waits for it. */
  lost: boolean;
  who?: Participant;
  /** On the dark stage of a call, where it fills what there is. */
  fills?: boolean;
}

function word({ state, lost, who }: Props): string | null {
  if (state.is === "waiting") return `Waiting for the ${who}. It begins by itself.`;
  if (state.is !== "live") return "Connecting";
  return lost ? `The ${who}'s connection is lost. It goes on by itself.` : null;
}

export function Screen({ who = "candidate", fills = false, ...rest }: Props) {
  const props = { ...rest, who };
  const { state } = props;
  const stream = state.is === "live" ? state.stream : null;
  const video = useRef<HTMLVideoElement>(null);
  const [quiet, setQuiet] = useState(false);
  useEffect(() => {
    const screen = video.current;
    if (!screen) return;
    screen.srcObject = stream;
    if (!stream) return;
    screen.muted = false;
    screen.play().catch(() => {
      // Browsers play audio unasked only on pages that somebody has used.
      screen.muted = true;
      setQuiet(true);
      void screen.play().catch(() => undefined);
    });
  }, [stream]);
  const still = useStill(video, stream) && !props.lost;
  const said = word(props);
  return (
    <div
      className={fills ? "relative grid min-h-0 min-w-0" : "grid gap-3"}
      data-testid={who === "candidate" ? "screen" : "screen-of-interviewer"}
      data-state={state.is}
    >
      <div className="relative min-h-0 overflow-hidden rounded-2xl bg-[#1b1d21]">
        {/* It is live: there is no text of what is being said. */}
        {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
        <video
          ref={video}
          playsInline
          aria-label={`The ${who}, live`}
          data-testid={who === "candidate" ? "watch-video" : "interviewer-video"}
          className={fills ? "size-full object-contain" : "aspect-[4/3] max-h-[70vh] w-full object-contain"}
        />
        <p
          role="status"
          className={
            (said ?? still)
              ? "absolute inset-0 grid place-items-center bg-black/60 p-6 text-center text-white"
              : "sr-only"
          }
        >
          {said ?? (still ? "There is no video at the moment; the audio goes on." : "Live")}
        </p>
      </div>
      {quiet && stream && (
        <Button
          look="primary"
          className={fills ? "absolute bottom-3 left-1/2 -translate-x-1/2" : ""}
          data-testid="sound-on"
          onClick={() => {
            if (video.current) video.current.muted = false;
            setQuiet(false);
          }}
        >
          <Volume2 size={16} aria-hidden="true" />
          Turn the audio on
        </Button>
      )}
    </div>
  );
}
