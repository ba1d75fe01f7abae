// WHEP as a viewer: one offer to receive, one answer, one DELETE.
import { iceServers } from "./ice";
import { gathered, postOffer, remove } from "./whip";

export interface Viewing {
  pc: RTCPeerConnection;
  /** Where to DELETE. */
  location: string;
  /** What comes; its tracks arrive while it plays. */
  stream: MediaStream;
}

/** Asks for video and audio. On any failure the connection is closed before the error goes on. */
export async function watch(endpoint: string, signal?: AbortSignal): Promise<Viewing> {
  const pc = new RTCPeerConnection({
    bundlePolicy: "max-bundle",
    iceServers: await iceServers(endpoint, signal),
  });
  const stream = new MediaStream();
  pc.addEventListener("track", ({ track }) => stream.addTrack(track));
  try {
    pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
    await pc.setLocalDescription(await pc.createOffer());
    await gathered(pc);
    signal?.throwIfAborted();
    const { location, sdp } = await postOffer(endpoint, pc, signal);
    try {
      await pc.setRemoteDescription({ type: "answer", sdp });
    } catch (error) {
      void remove(location).catch(() => undefined);
      throw error;
    }
    return { pc, location, stream };
  } catch (error) {
    pc.close();
    throw error;
  }
}
