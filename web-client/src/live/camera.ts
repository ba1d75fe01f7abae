// The one open camera of this tab: handed from the device check to the Arena, so that nobody is asked twice.
import { preferences } from "../settings/preferences";
import { close, open, type Devices } from "./capture";

const REMEMBERED = "coach.devices";

let current: MediaStream | null = null;

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

/** Still runs, and has what is wanted. */
const fits = (stream: MediaStream, devices: Devices) =>
  (stream.getVideoTracks().length === 0) === (devices.voiceOnly === true) && alive(stream);

const alive = (stream: MediaStream) => stream.getTracks().every((track) => track.readyState === "live");

/** The open stream if it still runs, else a fresh one. */
export async function take(devices: Devices = wanted()): Promise<MediaStream> {
  if (current && fits(current, devices)) return current;
  return reopen(devices);
}

/** A fresh stream; the old one is closed first, because some cameras open only once. */
export async function reopen(devices: Devices = wanted()): Promise<MediaStream> {
  release();
  current = await open(devices);
  return current;
}

export function release(): void {
  close(current);
  current = null;
}
