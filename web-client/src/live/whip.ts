// WHIP (RFC 9725) as a publisher: one offer, one answer, one DELETE. Candidates are gathered before the offer is sent.
import { problemFrom } from "../api/problem";
import { iceServers } from "./ice";

/** How long gathering may take before the offer goes out with what is there. */
export const GATHERING_CAP_MS = 1000;

export interface Publication {
  pc: RTCPeerConnection;
  /** Where to DELETE. */
  location: string;
}

/** VP8 first, whatever else stays behind it; the server records VP8 without re-encoding. */
export function preferVp8(transceiver: Pick<RTCRtpTransceiver, "setCodecPreferences">, codecs: RTCRtpCodec[]): void {
  const is = (codec: RTCRtpCodec) => codec.mimeType.toLowerCase() === "video/vp8";
  if (!codecs.some(is)) return;
  transceiver.setCodecPreferences([...codecs.filter(is), ...codecs.filter((codec) => !is(codec))]);
}

/** Opus must send silence too, a pause is evidence: the answer's wish for discontinuous transmission (RFC 7587 section 6.1) is taken out. */
export function withoutDtx(sdp: string): string {
  return sdp.replace(/^(a=fmtp:\d+ .*?);?usedtx=1/gm, "$1");
}

/** Lost audio is sent again on request, as lost video is: browsers can do it (RFC 4585), but do not offer it by themselves. */
export function withAudioAgain(sdp: string): string {
  return sdp.replace(/^a=rtpmap:(\d+) opus\/48000\/2\r\n/gim, (line, payload: string) => {
    const wish = `a=rtcp-fb:${payload} nack\r\n`;
    return sdp.includes(wish) ? line : line + wish;
  });
}

/** Resolves when all candidates are known, or at the cap. */
export function gathered(pc: RTCPeerConnection, capMs = GATHERING_CAP_MS): Promise<void> {
  if (pc.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(cap);
      pc.removeEventListener("icegatheringstatechange", check);
      resolve();
    };
    const check = () => {
      if (pc.iceGatheringState === "complete") done();
    };
    const cap = setTimeout(done, capMs);
    pc.addEventListener("icegatheringstatechange", check);
  });
}

/** Only an address on our own server is followed, whatever the header says. */
export function locationOf(header: string | null, endpoint: string): string {
  if (!header) throw problemFrom(502, { title: "The server did not say where the recording lives" });
  const base = new URL(endpoint, window.location.href);
  const url = new URL(header, base);
  if (url.origin !== base.origin) throw problemFrom(502, { title: "The server pointed somewhere else" });
  return url.pathname + url.search;
}

/** Posts the offer of a connection; where what it made is, and the answer. */
export async function postOffer(
  endpoint: string,
  pc: RTCPeerConnection,
  signal?: AbortSignal,
): Promise<{ location: string; sdp: string }> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/sdp" },
    body: pc.localDescription?.sdp ?? "",
    ...(signal ? { signal } : {}),
  });
  if (response.status !== 201) throw problemFrom(response.status, await response.text().catch(() => null));
  return { location: locationOf(response.headers.get("location"), endpoint), sdp: await response.text() };
}

/** Publishes the stream; null: a publishing without media. On any failure the connection is closed before the error goes on. */
export async function publish(
  endpoint: string,
  stream: MediaStream | null,
  signal?: AbortSignal,
): Promise<Publication> {
  const pc = new RTCPeerConnection({
    bundlePolicy: "max-bundle",
    iceServers: await iceServers(endpoint, signal),
  });
  try {
    if (!stream) pc.addTransceiver("audio", { direction: "sendonly" });
    for (const track of stream?.getTracks() ?? []) {
      const transceiver = pc.addTransceiver(track, { direction: "sendonly", streams: stream ? [stream] : [] });
      if (track.kind === "video") preferVp8(transceiver, RTCRtpSender.getCapabilities("video")?.codecs ?? []);
    }
    const offer = await pc.createOffer();
    // A browser that takes only its own words gets them back.
    await pc
      .setLocalDescription({ type: "offer", sdp: withAudioAgain(offer.sdp ?? "") })
      .catch(() => pc.setLocalDescription());
    await gathered(pc);
    // Stopped meanwhile: nothing was begun at the server yet, so nothing is.
    signal?.throwIfAborted();
    const { location, sdp } = await postOffer(endpoint, pc, signal);
    try {
      await pc.setRemoteDescription({ type: "answer", sdp: withoutDtx(sdp) });
    } catch (error) {
      void remove(location).catch(() => undefined);
      throw error;
    }
    return { pc, location };
  } catch (error) {
    pc.close();
    throw error;
  }
}

/** Ends the publication at the server, and with it the session. */
export function remove(location: string): Promise<Response> {
  return fetch(location, { method: "DELETE" });
}
