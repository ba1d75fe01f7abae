// A peer connection for tests: it does what it is told.

export class FakePeer extends EventTarget {
  static all: FakePeer[] = [];
  iceGatheringState = "new";
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  remote: { type: string; sdp: string } | null = null;
  closed = false;
  preferred: string[][] = [];
  refusesAnswer = false;

  constructor() {
    super();
    FakePeer.all.push(this);
  }
  addTransceiver() {
    return { setCodecPreferences: (codecs: { mimeType: string }[]) => this.preferred.push(codecs.map((x) => x.mimeType)) };
  }
  setLocalDescription() {
    this.localDescription = { sdp: "v=0\r\n" };
    return Promise.resolve();
  }
  setRemoteDescription(description: { type: string; sdp: string }) {
    if (this.refusesAnswer) return Promise.reject(new Error("bad answer"));
    this.remote = description;
    return Promise.resolve();
  }
  gathers() {
    this.iceGatheringState = "complete";
    this.dispatchEvent(new Event("icegatheringstatechange"));
  }
  becomes(state: string) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
  close() {
    this.closed = true;
    this.connectionState = "closed";
  }
}

/** A stream with one track of each kind. */
export function fakeStream(): MediaStream {
  const tracks = ["video", "audio"].map((kind) => Object.assign(new EventTarget(), { kind, readyState: "live", stop: () => undefined }));
  return { getTracks: () => tracks, getVideoTracks: () => [tracks[0]], getAudioTracks: () => [tracks[1]] } as unknown as MediaStream;
}
