// A peer connection for tests: it does what it is told.

/** What a browser offers, as far as it matters. */
export const OFFER = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n";

export class FakePeer extends EventTarget {
  static all: FakePeer[] = [];
  iceGatheringState = "new";
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  remote: { type: string; sdp: string } | null = null;
  closed = false;
  preferred: string[][] = [];
  refusesAnswer = false;
  takesOnlyItsOwnOffer = false;

  constructor() {
    super();
    FakePeer.all.push(this);
  }
  addTransceiver() {
    return {
      setCodecPreferences: (codecs: { mimeType: string }[]) => this.preferred.push(codecs.map((x) => x.mimeType)),
    };
  }
  createOffer() {
    return Promise.resolve({ type: "offer", sdp: OFFER });
  }
  setLocalDescription(description?: { sdp: string }) {
    if (description && this.takesOnlyItsOwnOffer) return Promise.reject(new Error("not my offer"));
    this.localDescription = { sdp: description?.sdp ?? OFFER };
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
  const tracks = ["video", "audio"].map((kind) =>
    Object.assign(new EventTarget(), { kind, readyState: "live", stop: () => undefined }),
  );
  return {
    getTracks: () => tracks,
    getVideoTracks: () => [tracks[0]],
    getAudioTracks: () => [tracks[1]],
  } as unknown as MediaStream;
}
