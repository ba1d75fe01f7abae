// What is laid over the recording while it plays: the face's outline, and the hint that was shown then.
import { useEffect, useState, type RefObject } from "react";
import type { Report } from "../../api/types";
import type { Tracks } from "../../replay/journal";
import { contained, drawOutline, outlineAt } from "../../replay/overlay";
import type { Player } from "../../replay/player";
import { captionAt } from "../../replay/transcript";

const HINT_MS = 4000;

interface Wanted {
  player: Player;
  report: Report;
  tracks: Tracks | null;
  outline: boolean;
  hints: boolean;
  video: RefObject<HTMLVideoElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
}

/** Draws into the canvas; returns the hint and the words of this moment. */
export function useOverlay(wanted: Wanted): { hint: string | null; caption: string | null } {
  const { player, report, tracks, outline, hints, video, canvas } = wanted;
  const [hint, setHint] = useState<string | null>(null);
  const [caption, setCaption] = useState<string | null>(null);
  useEffect(
    () =>
      player.subscribe((t) => {
        const shown = hints ? report.hints.find((x) => x.t <= t && t < x.t + HINT_MS) : undefined;
        setHint(shown?.text ?? null);
        setCaption(hints ? captionAt(report, t) : null);
        const surface = canvas.current;
        const context = surface?.getContext("2d");
        if (!surface || !context) return;
        const ratio = window.devicePixelRatio || 1;
        const { clientWidth: width, clientHeight: height } = surface;
        if (surface.width !== Math.round(width * ratio)) surface.width = Math.round(width * ratio);
        if (surface.height !== Math.round(height * ratio)) surface.height = Math.round(height * ratio);
        context.clearRect(0, 0, surface.width, surface.height);
        const points = outline && tracks ? outlineAt(tracks, t) : null;
        const frame = { width: video.current?.videoWidth ?? 0, height: video.current?.videoHeight ?? 0 };
        if (points && frame.width > 0) drawOutline(context, points, contained({ width, height }, frame), ratio);
      }),
    [player, report, hints, outline, tracks, video, canvas],
  );
  return { hint, caption };
}
