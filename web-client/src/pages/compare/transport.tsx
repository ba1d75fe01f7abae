// One play button and one playhead for both, and whose sound is heard.
import { Pause, Play, Volume2 } from "lucide-react";
import { useEffect, useState } from "react";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";
import { Playhead, Scrubber } from "../report/scrubber";

interface Props {
  player: Player;
  duration: number;
  sound: 0 | 1;
  onSound: (side: 0 | 1) => void;
}

export function Transport({ player, duration, sound, onSound }: Props) {
  const [playing, setPlaying] = useState(false);
  useEffect(() => player.subscribe(() => setPlaying(player.playing)), [player]);
  return (
    <div className="mt-3 flex items-center gap-2">
      <button
        type="button"
        data-testid="play"
        aria-label={playing ? "Pause" : "Play"}
        onClick={() => player.toggle()}
        className="grid size-11 shrink-0 place-items-center rounded-xl bg-ink text-ground"
      >
        {playing ? (
          <Pause size={18} fill="currentColor" aria-hidden="true" />
        ) : (
          <Play size={18} fill="currentColor" aria-hidden="true" />
        )}
      </button>
      <span className="text-sm">
        <Playhead player={player} />
      </span>
      <Scrubber player={player} duration={duration} />
      <span className="tabular shrink-0 text-sm text-ink-2">{clock(duration)}</span>
      <div role="group" aria-label="Whose sound is heard" className="flex shrink-0 items-center rounded-xl bg-sunken">
        {(["A", "B"] as const).map((letter, i) => (
          <button
            key={letter}
            type="button"
            aria-pressed={sound === i}
            aria-label={`Sound of ${letter}`}
            title={`Sound of ${letter}`}
            onClick={() => onSound(i as 0 | 1)}
            className={`flex min-h-11 min-w-11 items-center justify-center gap-1.5 rounded-xl text-sm font-medium ${sound === i ? "border border-line bg-surface px-3" : "text-ink-2 hover:text-ink"}`}
          >
            {sound === i && <Volume2 size={16} aria-hidden="true" />}
            {letter}
          </button>
        ))}
      </div>
    </div>
  );
}
