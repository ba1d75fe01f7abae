// The one open camera of this tab: handed from the device check to the Arena, so that nobody is asked twice.
import { preferences } from "../settings/preferences";
import { close, open, type Devices } from "./capture";

const REMEMBERED = "coach.devices";

let current: MediaStream | null = null;
/** Whether somebody else is heard while the camera is open, so that their echo must be cancelled; and whether it was when it was opened. */
let others = false;
let openedFor = false;
/** Counts how often a stream was let go of or asked for anew: one that opens too late for that is closed. */
let turn = 0;

/** The camera was let go of, or asked for anew, while the browser was opening it. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

export function remembered(): Devices {
  try {
    const found = JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") as Record<string, unknown>;
    const id = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
    return { camera: id(found.camera), microphone: id(found.microphone) };
  } catch {
    return {};
  }
}

export function remember(devices: Devices): void {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(devices));
  } catch {
    // Private windows may refuse; then the choice lasts as long as the page.
  }
}

/** Devices and whether the camera is wanted at all. */
const wanted = (): Devices => ({ ...remembered(), voiceOnly: preferences().voiceOnly });

/** Says whether others will be heard, from the next opening on. */
export function expectOthers(heard: boolean): void {
  others = heard;
}

/** Still runs, and has what is wanted. */
const fits = (stream: MediaStream, devices: Devices) =>
  openedFor === others && (stream.getVideoTracks().length === 0) === (devices.voiceOnly === true) && alive(stream);

const alive = (stream: MediaStream) => stream.getTracks().every((track) => track.readyState === "live");

/** The open stream if it still runs, else a fresh one. */
export async function take(devices: Devices = wanted()): Promise<MediaStream> {
  if (current && fits(current, devices)) return current;
  return reopen(devices);
}

/** A fresh stream; the old one is closed first, because some cameras open only once. Rejects with `Overtaken` when it came too late. */
export async function reopen(devices: Devices = wanted()): Promise<MediaStream> {
  release();
  const mine = turn;
  const remoteAudio = others;
  const opened = await open(devices, remoteAudio);
  if (mine !== turn) {
    close(opened);
    throw new Overtaken();
  }
  current = opened;
  openedFor = remoteAudio;
  return opened;
}

export function release(): void {
  turn += 1;
  close(current);
  current = null;
}
