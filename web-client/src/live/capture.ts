// Camera and microphone: what is asked of the browser, what it really applied, and why it may refuse.
import type { Capture } from "../api/types";

export interface Devices {
  camera?: string | undefined;
  microphone?: string | undefined;
  /** No camera is opened. */
  voiceOnly?: boolean | undefined;
}

/** The voice must arrive as it is: no gain control, no noise suppression; echo is only cancelled while somebody else is heard. */
export function constraints(devices: Devices, remoteAudio = false): MediaStreamConstraints {
  return {
    video: !devices.voiceOnly && {
      width: { ideal: 640 },
      height: { ideal: 480 },
      frameRate: { ideal: 30, max: 30 },
      ...(devices.camera ? { deviceId: { exact: devices.camera } } : { facingMode: "user" }),
    },
    audio: {
      autoGainControl: false,
      noiseSuppression: false,
      echoCancellation: remoteAudio,
      channelCount: { ideal: 1 },
      ...(devices.microphone ? { deviceId: { exact: devices.microphone } } : {}),
    },
  };
}

/** What the browser says it applied. A browser that does not say is taken at the worst. */
export function applied(stream: MediaStream): Capture {
  const video = stream.getVideoTracks()[0]?.getSettings();
  const audio = stream.getAudioTracks()[0]?.getSettings();
  return {
    width: Math.round(video?.width ?? 0),
    height: Math.round(video?.height ?? 0),
    agc: audio ? (audio.autoGainControl ?? true) : false,
    noise_suppression: audio ? (audio.noiseSuppression ?? true) : false,
    echo_cancellation: audio ? (audio.echoCancellation ?? true) : false,
  };
}

export type RefusalKind = "denied" | "missing" | "busy" | "insecure" | "unknown";

export interface Refusal {
  kind: RefusalKind;
  title: string;
  cure: string;
}

const REFUSALS: Record<RefusalKind, Refusal> = {
  denied: {
    kind: "denied",
    title: "The browser keeps camera and microphone closed",
    cure: "Open the camera symbol beside the address, allow both, and come back here.",
  },
  missing: {
    kind: "missing",
    title: "No camera or no microphone was found",
    cure: "Plug one in, or switch on the one that is built in, then try again.",
  },
  busy: {
    kind: "busy",
    title: "Another program is using the camera or the microphone",
    cure: "Close the other call or recording, then try again.",
  },
  insecure: {
    kind: "insecure",
    title: "Cameras work only on a secure page",
    cure: "Open the coach at http://localhost or put it behind HTTPS.",
  },
  unknown: {
    kind: "unknown",
    title: "Camera and microphone did not start",
    cure: "Try again, or choose other devices.",
  },
};

/** The exception of getUserMedia in words a person can act on. */
export function refusal(error: unknown): Refusal {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return REFUSALS.denied;
    case "NotFoundError":
    case "OverconstrainedError":
      return REFUSALS.missing;
    case "NotReadableError":
    case "AbortError":
      return REFUSALS.busy;
    case "Insecure":
      return REFUSALS.insecure;
    default:
      return REFUSALS.unknown;
  }
}

/** Opens both. A remembered device that is gone is forgotten once, so that another one can take its place. */
export async function open(devices: Devices, remoteAudio = false): Promise<MediaStream> {
  // Absent on insecure pages, whatever the type says.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (!media) throw Object.assign(new Error("mediaDevices is absent"), { name: "Insecure" });
  try {
    return await media.getUserMedia(constraints(devices, remoteAudio));
  } catch (error) {
    const gone = error instanceof Error && (error.name === "OverconstrainedError" || error.name === "NotFoundError");
    if (gone && (devices.camera || devices.microphone))
      return media.getUserMedia(constraints({ voiceOnly: devices.voiceOnly }, remoteAudio));
    throw error;
  }
}

export interface DeviceList {
  cameras: MediaDeviceInfo[];
  microphones: MediaDeviceInfo[];
}

export async function list(): Promise<DeviceList> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind) => all.filter((x) => x.kind === kind && x.deviceId !== "");
  return { cameras: of("videoinput"), microphones: of("audioinput") };
}

/** Calls back with what was lost when a device is unplugged or a permission withdrawn. Returns the way to stop watching. */
export function watch(stream: MediaStream, lost: (what: "camera" | "microphone") => void): () => void {
  const stops = stream.getTracks().map((track) => {
    const ended = () => lost(track.kind === "video" ? "camera" : "microphone");
    track.addEventListener("ended", ended);
    return () => track.removeEventListener("ended", ended);
  });
  return () => stops.forEach((stop) => stop());
}

export function close(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}
