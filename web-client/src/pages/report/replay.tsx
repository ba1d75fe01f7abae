// The replay: the recording with what was seen and said laid over it. On a phone it stays in sight while it plays.
import type { UseQueryResult } from "@tanstack/react-query";
import { Pause, Play, X } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import type { Recording, Report } from "../../api/types";
import type { Tracks } from "../../replay/journal";
import type { Player } from "../../replay/player";
import { usePoster } from "../../replay/use-poster";
import { Button } from "../../ui/button";
import { AudioOnly, hasNoVideo } from "./audio-only";
import { InterviewerVideo } from "./interviewer-video";
import { KeysHelp } from "./keys-help";
import { ReplayControls, useSound } from "./replay-controls";
import { Playhead, Scrubber, type Mark } from "./scrubber";
import { usePinned } from "./use-pinned";
import { useOverlay } from "./use-overlay";
import { useReplayKeys } from "./use-replay-keys";

interface Props {
  player: Player;
  report: Report;
  recording: UseQueryResult<Recording>;
  tracks: Tracks | null;
  marks: readonly Mark[];
}

function Gone({ uploaded, onRetry }: { uploaded: boolean; onRetry: () => void }) {
  return (
    <div
      role="alert"
      className="absolute inset-0 grid place-content-center justify-items-center gap-3 px-8 text-center"
    >
      <p className="font-medium">The recording does not play</p>
      <p className="max-w-sm text-sm opacity-85">
        {uploaded
          ? "This browser may not know files of this kind, or the address has run out."
          : "Its address may have run out."}{" "}
        The scores and curves are all here.
      </p>
      <Button onClick={onRetry}>Fetch it again</Button>
    </div>
  );
}

/** Beside the pinned video: what time it is, pause, close. */
function PinnedControls({ player, playing, onClose }: { player: Player; playing: boolean; onClose: () => void }) {
  const tool = "grid size-11 shrink-0 place-items-center rounded-xl text-white hover:bg-white/15";
  return (
    <div className="flex flex-1 items-center gap-1 px-3">
      <p className="mr-auto text-sm">
        <Playhead player={player} />
      </p>
      <button type="button" className={tool} aria-label={playing ? "Pause" : "Play"} onClick={() => player.toggle()}>
        {playing ? (
          <Pause size={20} fill="currentColor" aria-hidden="true" />
        ) : (
          <Play size={20} fill="currentColor" aria-hidden="true" />
        )}
      </button>
      <button type="button" className={tool} aria-label="Close the small player" onClick={onClose}>
        <X size={20} aria-hidden="true" />
      </button>
    </div>
  );
}

/** A text over the video, which lets the pointer through. */
function Laid(props: { testid: string; place: string; look: string; children: string }) {
  return (
    <p
      className={`pointer-events-none absolute inset-x-0 grid justify-items-center ${props.place}`}
      data-testid={props.testid}
    >
      <span className={`text-sm sm:text-base ${props.look}`}>{props.children}</span>
    </p>
  );
}

/** The hint of the moment, the words as a caption, and that the recording is still on its way. */
function Over({ hint, caption, fetching }: { hint: string | null; caption: string | null; fetching: boolean }) {
  return (
    <>
      {hint && (
        <Laid
          testid="replay-hint"
          place="top-[5%]"
          look="rounded-full bg-[#fbfaf7] px-5 py-2 font-medium text-[#1d1e22] shadow-lg"
        >
          {hint}
        </Laid>
      )}
      {caption && (
        <Laid
          testid="caption"
          place="bottom-[4%] px-4"
          look="rounded-lg bg-black/75 px-3 py-1 text-center text-white text-balance"
        >
          {caption}
        </Laid>
      )}
      {fetching && (
        <p role="status" className="absolute inset-0 grid place-content-center text-sm opacity-80">
          Fetching the recording
        </p>
      )}
    </>
  );
}

/** What the keys of the page do with this replay. */
function useKeys(player: Player, duration: number, marks: readonly Mark[], stage: RefObject<HTMLElement | null>) {
  const [hints, setHints] = useState(true);
  const [help, setHelp] = useState(false);
  const fullscreen = useCallback(() => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void stage.current?.requestFullscreen().catch(() => undefined);
  }, [stage]);
  const extras = useMemo(
    () => ({
      duration,
      fullscreen,
      captions: () => setHints((on) => !on),
      help: () => setHelp(true),
      moments: [...new Set(marks.map(({ t }) => t))].sort((a, b) => a - b),
    }),
    [duration, fullscreen, marks],
  );
  useReplayKeys(player, extras);
  return { hints, setHints, help, setHelp, fullscreen };
}

// eslint-disable-next-line max-lines-per-function -- one element tree around one video: the state is in the hooks above
export function Replay({ player, report, recording, tracks, marks }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  const [broken, setBroken] = useState(false);
  const [outline, setOutline] = useState(true);
  const { hints, setHints, help, setHelp, fullscreen } = useKeys(player, report.duration_ms, marks, stage);
  const [width, setWidth] = useState<number | null>(null);
  const url = recording.data?.url;
  const poster = usePoster(recording.data?.poster_url);
  const audioOnly = hasNoVideo(recording.data, width);
  const { hint, caption } = useOverlay({ player, report, tracks, outline, hints, video, canvas });
  const sound = useSound(element);
  const { place, pinned, unpin } = usePinned(sound.playing);

  useEffect(() => {
    const found = video.current;
    setElement(found);
    if (!found || !url) return;
    setBroken(false);
    return player.attach(found);
  }, [player, url, broken]);

  // What was recorded here is WebM, which every browser knows; an upload is what it was.
  const uploaded = recording.data !== undefined && recording.data.content_type !== "video/webm";
  const gone = broken || recording.isError;
  const shape = audioOnly ? "aspect-[16/5] min-h-40" : "aspect-[4/3] max-h-[min(52vh,34rem)]";
  return (
    <section aria-label="Replay" className="print:hidden">
      <div ref={place} className={`relative w-full ${shape}`}>
        <div
          ref={stage}
          data-testid="stage"
          data-pinned={pinned}
          className={`stage overflow-hidden bg-[#0f1012] text-[#f1efeb] ${
            pinned
              ? "fixed inset-x-3 bottom-[max(0.75rem,env(safe-area-inset-bottom))] z-30 flex h-24 items-center rounded-2xl shadow-2xl shadow-black/40"
              : "absolute inset-0 rounded-3xl"
          }`}
        >
          <div className={pinned ? "relative aspect-[4/3] h-full" : "absolute inset-0"}>
            {url && !gone && (
              // eslint-disable-next-line jsx-a11y/media-has-caption -- what was said stands beside it, where it was written down
              <video
                ref={video}
                src={url}
                crossOrigin="anonymous"
                poster={poster}
                preload="auto"
                playsInline
                data-testid="replay"
                aria-label="Recording of your answer. Space plays and pauses."
                className="size-full object-contain"
                onClick={() => player.toggle()}
                onLoadedMetadata={(event) => setWidth(event.currentTarget.videoWidth)}
                onError={() => setBroken(true)}
              />
            )}
            <canvas
              ref={canvas}
              className="pointer-events-none absolute inset-0 size-full"
              aria-hidden="true"
              data-testid="overlay"
            />
            {audioOnly && !gone && !pinned && <AudioOnly />}
            {recording.data?.interviewer_url && !gone && (
              <InterviewerVideo leader={element} url={recording.data.interviewer_url} />
            )}
          </div>
          {!pinned && <Over hint={hint} caption={caption} fetching={!url && !gone} />}
          {gone && (
            <Gone
              uploaded={uploaded}
              onRetry={() => {
                setBroken(false);
                void recording.refetch();
              }}
            />
          )}
          {pinned && <PinnedControls player={player} playing={sound.playing} onClose={unpin} />}
        </div>
      </div>
      <div className="mt-1.5 flex">
        <Scrubber player={player} duration={report.duration_ms} marks={marks} />
      </div>
      <ReplayControls
        player={player}
        sound={sound}
        duration={report.duration_ms}
        disabled={!url || gone}
        download={url && !gone ? url : null}
        outline={audioOnly ? null : outline}
        hints={hints}
        onOutline={() => setOutline(!outline)}
        onHints={() => setHints(!hints)}
        onFullscreen={fullscreen}
        onHelp={() => setHelp(true)}
      />
      <KeysHelp open={help} onClose={() => setHelp(false)} />
    </section>
  );
}
