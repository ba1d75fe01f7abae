// The keys of a page with a replay.
import { useEffect } from "react";
import { fasterThan, replayAction, type ReplayAction } from "../../replay/keys";
import type { Player } from "../../replay/player";

/** What only some pages can do. */
export interface ReplayExtras {
  /** Length of the recording, milliseconds. */
  duration: number;
  fullscreen?: (() => void) | undefined;
  /** In place of the player's own, where more than one recording has sound. */
  mute?: (() => void) | undefined;
  captions?: (() => void) | undefined;
  help?: (() => void) | undefined;
  /** Beginnings of moments, ascending, milliseconds. */
  moments?: readonly number[] | undefined;
}

/** Within this time of a moment, "previous" means the one before. */
const NEAR_MS = 1500;

function carryOut(action: ReplayAction, player: Player, extras: ReplayExtras): void {
  switch (action.do) {
    case "toggle":
      return player.toggle();
    case "seek":
      return player.seek(player.t + action.by_ms);
    case "faster":
      return player.play(fasterThan(player.rate, player.playing));
    case "mute":
      return extras.mute ? extras.mute() : player.toggleMute();
    case "rate":
      return player.setRate(player.rate + action.by);
    case "tenth":
      return player.seek((extras.duration * action.n) / 10);
    case "moment": {
      const { moments = [] } = extras;
      const next =
        action.step > 0
          ? moments.find((t) => t > player.t + 50)
          : moments.findLast((t) => t < player.t - (player.playing ? NEAR_MS : 50));
      if (next !== undefined) player.seek(next);
      return;
    }
    case "fullscreen":
      return extras.fullscreen?.();
    case "captions":
      return extras.captions?.();
    case "help":
      return extras.help?.();
    case "start":
      return player.seek(0);
    case "end":
      return player.seek(Infinity);
  }
}

export function useReplayKeys(player: Player, extras: ReplayExtras): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = replayAction(event);
      if (!action) return;
      event.preventDefault();
      carryOut(action, player, extras);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [player, extras]);
}
