// The controls under the replay: play, back, time, volume, hints, outline, speed, download, full screen, keys.
import {
  Captions,
  CaptionsOff,
  Download,
  Keyboard,
  Maximize,
  Pause,
  Play,
  RotateCcw,
  ScanFace,
  Volume2,
  VolumeX,
} from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";
import { Playhead } from "./scrubber";

const TOOL = "grid size-11 shrink-0 place-items-center rounded-xl text-ink-2 hover:bg-sunken hover:text-ink";

export interface Sound {
  playing: boolean;
  muted: boolean;
  volume: number;
  rate: number;
}

/** What the video element says about itself. */
export function useSound(video: HTMLVideoElement | null): Sound {
  const [sound, setSound] = useState<Sound>({ playing: false, muted: false, volume: 1, rate: 1 });
  useEffect(() => {
    if (!video) return;
    const look = () =>
      setSound({
        playing: !video.paused && !video.ended,
        muted: video.muted,
        volume: video.volume,
        rate: video.playbackRate,
      });
    const events = ["play", "pause", "ended", "volumechange", "ratechange"] as const;
    for (const name of events) video.addEventListener(name, look);
    look();
    return () => {
      for (const name of events) video.removeEventListener(name, look);
    };
  }, [video]);
  return sound;
}

function Flip(props: {
  on: boolean;
  testid: string;
  name: string;
  onFlip: () => void;
  children: ReactNode;
  className?: string;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={props.on}
      aria-label={props.name}
      title={props.name}
      data-testid={props.testid}
      onClick={props.onFlip}
      className={`${TOOL} ${props.on ? "text-accent hover:text-accent" : ""} ${props.className ?? ""}`}
    >
      {props.children}
    </button>
  );
}

function Volume({ player, sound }: { player: Player; sound: Sound }) {
  const off = sound.muted || sound.volume === 0;
  return (
    <div className="flex items-center">
      <button
        type="button"
        data-testid="mute"
        className={TOOL}
        aria-label={off ? "Unmute" : "Mute"}
        title={off ? "Unmute (M)" : "Mute (M)"}
        onClick={() => player.toggleMute()}
      >
        {off ? <VolumeX size={18} aria-hidden="true" /> : <Volume2 size={18} aria-hidden="true" />}
      </button>
      <input
        type="range"
        aria-label="Volume"
        min={0}
        max={1}
        step={0.05}
        value={off ? 0 : sound.volume}
        onChange={(event) => player.setVolume(event.currentTarget.valueAsNumber)}
        className="h-11 w-20 accent-accent max-md:hidden"
      />
    </div>
  );
}

const RATES = [0.75, 1, 1.25, 1.5, 2];

function PlayButton({ player, playing, disabled }: { player: Player; playing: boolean; disabled: boolean }) {
  return (
    <button
      type="button"
      data-testid="play"
      aria-label={playing ? "Pause" : "Play"}
      title={playing ? "Pause (space)" : "Play (space)"}
      onClick={() => player.toggle()}
      disabled={disabled}
      className="mr-1 grid size-11 shrink-0 place-items-center rounded-xl bg-ink text-ground disabled:opacity-40"
    >
      {playing ? (
        <Pause size={18} fill="currentColor" aria-hidden="true" />
      ) : (
        <Play size={18} fill="currentColor" aria-hidden="true" />
      )}
    </button>
  );
}

interface Props {
  player: Player;
  sound: Sound;
  duration: number;
  disabled: boolean;
  download: string | null;
  outline: boolean | null;
  hints: boolean;
  onOutline: () => void;
  onHints: () => void;
  onFullscreen: () => void;
  onHelp: () => void;
}

export function ReplayControls(props: Props) {
  const { player, sound, duration, disabled, outline, hints } = props;
  const { playing, rate } = sound;
  return (
    <div className="flex flex-wrap items-center gap-x-0.5 print:hidden">
      <PlayButton player={player} playing={playing} disabled={disabled} />
      <button
        type="button"
        className={TOOL}
        aria-label="Back 5 seconds"
        title="Back 5 seconds (←)"
        onClick={() => player.seek(player.t - 5000)}
      >
        <RotateCcw size={18} aria-hidden="true" />
      </button>
      <p className="ml-1 mr-auto whitespace-nowrap text-sm">
        <Playhead player={player} /> <span className="tabular text-ink-2">/ {clock(duration)}</span>
      </p>
      <Volume player={player} sound={sound} />
      <Flip on={hints} testid="switch-hints" name="Hints over the video" onFlip={props.onHints}>
        {hints ? <Captions size={18} aria-hidden="true" /> : <CaptionsOff size={18} aria-hidden="true" />}
      </Flip>
      {outline !== null && (
        <Flip on={outline} testid="switch-outline" name="Face outline" onFlip={props.onOutline}>
          <ScanFace size={18} aria-hidden="true" />
        </Flip>
      )}
      <button
        type="button"
        data-testid="rate"
        className={`${TOOL} tabular text-sm font-medium`}
        aria-label={`${rate}×, speed. Change`}
        title="Speed (< >)"
        onClick={() => player.setRate(RATES.find((x) => x > rate) ?? RATES[0] ?? 1)}
      >
        {rate}×
      </button>
      {props.download && (
        <a
          href={props.download}
          download
          className={`${TOOL} max-sm:hidden`}
          aria-label="Download the recording"
          title="Download the recording"
        >
          <Download size={18} aria-hidden="true" />
        </a>
      )}
      <button
        type="button"
        data-testid="fullscreen"
        className={TOOL}
        aria-label="Full screen"
        title="Full screen (F)"
        onClick={props.onFullscreen}
      >
        <Maximize size={18} aria-hidden="true" />
      </button>
      <button
        type="button"
        data-testid="keys"
        className={`${TOOL} max-lg:hidden`}
        aria-label="Keys"
        title="Keys (?)"
        onClick={props.onHelp}
      >
        <Keyboard size={18} aria-hidden="true" />
      </button>
    </div>
  );
}
