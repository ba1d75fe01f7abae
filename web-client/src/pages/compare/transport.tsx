// One play button and one playhead for both.
import { Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { clock } from "../../live/timer";
import type { Player } from "../../replay/player";
import { Playhead, Scrubber } from "../report/scrubber";

export function Transport({ player, duration }: { player: Player; duration: number }) {
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
    </div>
  );
}
