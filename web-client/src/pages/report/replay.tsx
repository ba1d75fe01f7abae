// The replay: the recording with what was seen and said laid over it, each to be switched off.
import type { UseQueryResult } from "@tanstack/react-query";
import { Gauge, Pause, Play } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Recording, Report } from "../../api/types";
import { clock } from "../../live/timer";
import type { Tracks } from "../../replay/journal";
import { contained, drawOutline, outlineAt } from "../../replay/overlay";
import type { Player } from "../../replay/player";
import { Button } from "../../ui/button";
import { Scrubber } from "./scrubber";
import { AudioOnly, hasNoVideo } from "./audio-only";

const HINT_MS = 4000;

function Switch({
  on,
  onFlip,
  children,
  testid,
}: {
  on: boolean;
  onFlip: () => void;
  children: ReactNode;
  testid: string;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      data-testid={testid}
      onClick={onFlip}
      className="inline-flex min-h-11 items-center gap-2 rounded-lg px-2 text-sm text-ink-2 hover:text-ink"
    >
      <span
        aria-hidden="true"
        className={`relative h-4.5 w-8 rounded-full transition-colors ${on ? "bg-accent" : "bg-line-strong"}`}
      >
        <span
          className={`absolute top-0.5 size-3.5 rounded-full bg-surface transition-[left] ${on ? "left-4" : "left-0.5"}`}
        />
      </span>
      {children}
    </button>
  );
}

interface Props {
  player: Player;
  report: Report;
  recording: UseQueryResult<Recording>;
  tracks: Tracks | null;
}

export function Replay({ player, report, recording, tracks }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState(1);
  const [broken, setBroken] = useState(false);
  const [outline, setOutline] = useState(true);
  const [hints, setHints] = useState(true);
  const [hint, setHint] = useState<string | null>(null);
  const [width, setWidth] = useState<number | null>(null);
  const url = recording.data?.url;
  const audioOnly = hasNoVideo(recording.data, width);

  useEffect(() => {
    const element = video.current;
    if (!element || !url) return;
    setBroken(false);
    return player.attach(element);
  }, [player, url]);

  useEffect(
    () =>
      player.subscribe((t) => {
        const hint = hints ? report.hints.find((x) => x.t <= t && t < x.t + HINT_MS) : undefined;
        setHint(hint?.text ?? null);
        const surface = canvas.current;
        const context = surface?.getContext("2d");
        if (!surface || !context) return;
        const ratio = window.devicePixelRatio || 1;
        const { clientWidth: width, clientHeight: height } = surface;
        if (surface.width !== Math.round(width * ratio)) surface.width = Math.round(width * ratio);
        if (surface.height !== Math.round(height * ratio)) surface.height = Math.round(height * ratio);
        context.clearRect(0, 0, surface.width, surface.height);
        const points = outline && tracks ? outlineAt(tracks, t) : null;
        const picture = { width: video.current?.videoWidth ?? 0, height: video.current?.videoHeight ?? 0 };
        if (points && picture.width > 0) drawOutline(context, points, contained({ width, height }, picture), ratio);
      }),
    [player, report.hints, hints, outline, tracks, url],
  );

  // What was recorded here is WebM, which every browser knows; an upload is what it was.
  const uploaded = recording.data !== undefined && recording.data.content_type !== "video/webm";
  const gone = broken || recording.isError;
  return (
    <section aria-label="Replay">
      <div
        className={`stage relative w-full overflow-hidden rounded-3xl bg-[#0f1012] text-[#f1efeb] ${audioOnly ? "aspect-[16/5] min-h-40" : "aspect-[4/3] max-h-[min(52vh,34rem)]"}`}
      >
        {url && !gone && (
          // eslint-disable-next-line jsx-a11y/media-has-caption -- what was said is not transcribed
          <video
            ref={video}
            src={url}
            poster={recording.data?.poster_url ?? undefined}
            preload="auto"
            playsInline
            data-testid="replay"
            aria-label="Recording of your answer. Space plays and pauses."
            className="size-full object-contain"
            onClick={() => player.toggle()}
            onPlay={() => setPlaying(true)}
            onPause={() => setPlaying(false)}
            onEnded={() => setPlaying(false)}
            onLoadedMetadata={(event) => setWidth(event.currentTarget.videoWidth)}
            onRateChange={(event) => setRate(event.currentTarget.playbackRate)}
            onError={() => setBroken(true)}
          />
        )}
        <canvas
          ref={canvas}
          className="pointer-events-none absolute inset-0 size-full"
          aria-hidden="true"
          data-testid="overlay"
        />
        {audioOnly && !gone && <AudioOnly />}
        {hint && (
          <p
            className="pointer-events-none absolute inset-x-0 bottom-[7%] grid justify-items-center"
            data-testid="replay-hint"
          >
            <span className="rounded-full bg-[#fbfaf7] px-5 py-2 text-sm font-medium text-[#1d1e22] shadow-lg sm:text-base">
              {hint}
            </span>
          </p>
        )}
        {!url && !gone && (
          <p role="status" className="absolute inset-0 grid place-content-center text-sm opacity-80">
            Fetching the recording
          </p>
        )}
        {gone && (
          <div
            role="alert"
            className="absolute inset-0 grid place-content-center justify-items-center gap-3 px-8 text-center"
          >
            <p className="font-medium">The recording does not play</p>
            <p className="max-w-sm text-sm opacity-85">
              {uploaded
                ? "This browser may not know files of this kind, or the address has run out."
                : "Its address may have run out."}{" "}
              The scores and lanes are all here.
            </p>
            <Button
              onClick={() => {
                setBroken(false);
                void recording.refetch();
              }}
            >
              Fetch it again
            </Button>
          </div>
        )}
      </div>
      <div className="mt-2 flex items-center gap-2">
        <button
          type="button"
          data-testid="play"
          aria-label={playing ? "Pause" : "Play"}
          onClick={() => player.toggle()}
          disabled={!url || gone}
          className="grid size-11 shrink-0 place-items-center rounded-xl bg-ink text-ground disabled:opacity-40"
        >
          {playing ? (
            <Pause size={18} fill="currentColor" aria-hidden="true" />
          ) : (
            <Play size={18} fill="currentColor" aria-hidden="true" />
          )}
        </button>
        <Scrubber player={player} duration={report.duration_ms} />
        <span className="tabular shrink-0 text-sm text-ink-2">{clock(report.duration_ms)}</span>
      </div>
      <div className="flex flex-wrap items-center gap-x-3">
        {!audioOnly && (
          <Switch on={outline} onFlip={() => setOutline(!outline)} testid="switch-outline">
            Face outline
          </Switch>
        )}
        <Switch on={hints} onFlip={() => setHints(!hints)} testid="switch-hints">
          Hints
        </Switch>
        <button
          type="button"
          className="tabular ml-auto inline-flex min-h-11 items-center gap-1.5 rounded-lg px-2 text-sm text-ink-2 hover:text-ink"
          aria-label={`Speed ${rate}. Change`}
          onClick={() => {
            if (video.current) video.current.playbackRate = rate < 1 ? 1 : rate < 1.5 ? 1.5 : rate < 2 ? 2 : 0.75;
          }}
        >
          <Gauge size={16} aria-hidden="true" />
          {rate}×
        </button>
        <span className="text-xs text-ink-3 max-md:hidden" aria-hidden="true">
          Space play · ← → 5 s · J K L
        </span>
      </div>
    </section>
  );
}
