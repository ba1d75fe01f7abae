// What the replay takes from the journal: the face's outline, and speech and pitch ten times a second. Read as it streams in.
import { finite } from "./scale";

export interface Tracks {
  /** Of each frame with a face, 80 numbers (0 to 65 535). */
  outlines: Uint16Array[];
  /** Stamps of all analyzed frames: a frame without an outline hides the last one. */
  frameTimes: number[];
  frameOutline: number[];
  voiceTimes: number[];
  /** Probability of speech, the largest of ten hops. */
  speech: number[];
  /** Hz, median of the voiced hops. */
  f0: (number | null)[];
  /** Lines that could not be read. */
  broken: number;
}

export const emptyTracks = (): Tracks => ({
  outlines: [],
  frameTimes: [],
  frameOutline: [],
  voiceTimes: [],
  speech: [],
  f0: [],
  broken: 0,
});

/** A line longer than this is skipped; ours are under 16 KiB. */
const MAX_LINE = 256 * 1024;

const numbers = (x: unknown, length: number): number[] | null =>
  Array.isArray(x) && x.length === length && x.every(finite) ? x : null;

export function takeLine(tracks: Tracks, line: string): void {
  if (line === "") return;
  if (line.length > MAX_LINE) {
    tracks.broken++;
    return;
  }
  // Most lines are of other kinds: a look at the start saves parsing them.
  const face = line.startsWith('{"kind":"face"');
  const voice = line.startsWith('{"kind":"voice",');
  if (!face && !voice) {
    if (!line.startsWith('{"kind":"')) tracks.broken++;
    return;
  }
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(line) as Record<string, unknown>;
  } catch {
    tracks.broken++;
    return;
  }
  if (!finite(raw.t)) {
    tracks.broken++;
    return;
  }
  if (face) takeFace(tracks, raw.t, raw);
  else takeVoice(tracks, raw.t, raw);
}

function takeFace(tracks: Tracks, t: number, raw: Record<string, unknown>): void {
  if (t < (tracks.frameTimes.at(-1) ?? -Infinity)) return;
  const outline = raw.present === true ? numbers(raw.outline, 80) : null;
  tracks.frameTimes.push(t);
  tracks.frameOutline.push(outline ? tracks.outlines.length : -1);
  if (outline) {
    tracks.outlines.push(Uint16Array.from(outline));
  }
}

function takeVoice(tracks: Tracks, t: number, raw: Record<string, unknown>): void {
  const speech = numbers(raw.speech, 10);
  if (!speech || t < (tracks.voiceTimes.at(-1) ?? -Infinity)) return;
  const voiced = Array.isArray(raw.f0)
    ? raw.f0.filter((x): x is number => finite(x) && x > 0).sort((a, b) => a - b)
    : [];
  tracks.voiceTimes.push(t);
  tracks.speech.push(Math.max(...speech));
  tracks.f0.push(voiced.length >= 3 ? (voiced[voiced.length >> 1] ?? null) : null);
}

/** Reads a whole journal from a response, line by line, whatever the chunks are. */
export async function readJournal(body: ReadableStream<Uint8Array>): Promise<Tracks> {
  const tracks = emptyTracks();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) takeLine(tracks, line);
    if (rest.length > MAX_LINE) {
      // A line without an end: what follows cannot be trusted any more.
      tracks.broken++;
      await reader.cancel();
      return tracks;
    }
    if (done) break;
  }
  // Without its newline the last line may be half of one.
  takeLine(tracks, rest);
  return tracks;
}
