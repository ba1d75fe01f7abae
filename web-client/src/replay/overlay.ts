// The face's outline over the replay: 40 points where the analysis saw the face, drawn over the frame, not over the bars beside it.
import { lastAt } from "./scale";
import type { Tracks } from "./journal";

/** An outline older than this belongs to another moment. */
export const OUTLINE_REACH_MS = 250;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a frame of that size lies in an element with `object-fit: contain`. */
export function contained(element: { width: number; height: number }, frame: { width: number; height: number }): Box {
  if (frame.width <= 0 || frame.height <= 0) return { x: 0, y: 0, ...element };
  const scale = Math.min(element.width / frame.width, element.height / frame.height);
  const width = frame.width * scale;
  const height = frame.height * scale;
  return { x: (element.width - width) / 2, y: (element.height - height) / 2, width, height };
}

export function outlineAt(tracks: Tracks, t_ms: number): Uint16Array | null {
  const i = lastAt(tracks.frameTimes, t_ms + 20);
  const at = tracks.frameTimes[i];
  const index = tracks.frameOutline[i];
  if (at === undefined || index === undefined || index < 0 || t_ms - at > OUTLINE_REACH_MS) return null;
  return tracks.outlines[index] ?? null;
}

export function drawOutline(context: CanvasRenderingContext2D, outline: Uint16Array, box: Box, ratio: number): void {
  context.fillStyle = "rgba(255, 255, 255, 0.9)";
  context.shadowColor = "rgba(0, 0, 0, 0.7)";
  context.shadowBlur = 3 * ratio;
  for (let i = 0; i + 1 < outline.length; i += 2) {
    const x = (box.x + ((outline[i] ?? 0) / 65_535) * box.width) * ratio;
    const y = (box.y + ((outline[i + 1] ?? 0) / 65_535) * box.height) * ratio;
    context.beginPath();
    context.arc(x, y, 1.7 * ratio, 0, 2 * Math.PI);
    context.fill();
  }
}
