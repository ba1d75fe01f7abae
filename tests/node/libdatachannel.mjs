// Publishes a file of H.264 and Opus through WHIP with libdatachannel, which is what OBS sends with.
// Usage: node libdatachannel.mjs WHIP_URL FILE SECONDS. Prints one JSON object and exits 0 when the server took the DELETE.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import datachannel from "node-datachannel";

const [url, file, seconds] = process.argv.slice(2);

/** The packets of one track with their times in seconds; video has start codes and its parameter sets. */
function packets(track, filter) {
  const copied = ["-v", "error", "-i", file, "-map", `0:${track}`, "-c", "copy", ...filter];
  const run = (format) => execFileSync("ffmpeg", [...copied, "-f", format, "-"], { maxBuffer: 1 << 30 });
  const [sizes, bytes] = [run("framecrc").toString().split("\n"), run("data")];
  const ticks = sizes.find((line) => line.startsWith("#tb")).split(":")[1].split("/").map(Number);
  let at = 0;
  return sizes
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split(",").map(Number))
    .map(([, , pts, , size]) => {
      at += size;
      return { track, seconds: (pts * ticks[0]) / ticks[1], data: bytes.subarray(at - size, at) };
    });
}

/** A track that is sent, its RTP made by the library. */
function outgoing(peer, media, ssrc, payload, clock, packetizer) {
  media.addSSRC(ssrc, "publisher", "stream", media.mid());
  const track = peer.addTrack(media);
  const config = new datachannel.RtpPacketizationConfig(ssrc, "publisher", payload, clock);
  const handler = packetizer(config);
  handler.addToChain(new datachannel.RtcpSrReporter(config));
  handler.addToChain(new datachannel.RtcpNackResponder());
  track.setMediaHandler(handler);
  const begins = randomBytes(4).readUInt32BE();
  const packet = ({ seconds, data }) => {
    config.timestamp = (begins + Math.round(seconds * clock)) % 2 ** 32;
    return track.sendMessageBinary(data);
  };
  return { packet, open: new Promise((resolve) => track.onOpen(resolve)) };
}

const sent = { v: 0, a: 0 };
const all = [...packets("v", ["-bsf:v", "h264_mp4toannexb"]), ...packets("a", [])]
  .filter((packet) => packet.seconds < Number(seconds))
  .sort((one, other) => one.seconds - other.seconds);
const peer = new datachannel.PeerConnection("publisher", { iceServers: [] });
const connected = new Promise((resolve, reject) => {
  peer.onStateChange((state) => {
    if (state === "connected") resolve();
    if (state === "failed") reject(new Error("the connection failed"));
  });
});
const gathered = new Promise((resolve) => {
  peer.onGatheringStateChange((state) => state === "complete" && resolve());
});
const video = new datachannel.Video("video", "SendOnly");
video.addH264Codec(102);
const audio = new datachannel.Audio("audio", "SendOnly");
audio.addOpusCodec(111);
const send = {
  v: outgoing(peer, video, 42, 102, 90_000, (config) => new datachannel.H264RtpPacketizer("StartSequence", config)),
  a: outgoing(peer, audio, 43, 111, 48_000, (config) => new datachannel.RtpPacketizer(config)),
};
peer.setLocalDescription();
await gathered;
const offered = { method: "POST", headers: { "content-type": "application/sdp" }, body: peer.localDescription().sdp };
const answer = await fetch(url, offered);
if (answer.status !== 201) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
const resource = new URL(answer.headers.get("location"), url);
peer.setRemoteDescription(await answer.text(), "answer");
await connected;
// The connection stands a moment before its tracks do.
await Promise.all([send.v.open, send.a.open]);
const began = performance.now();
for (const packet of all) {
  const wait = packet.seconds * 1000 - (performance.now() - began);
  if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
  if (send[packet.track].packet(packet)) sent[packet.track] += 1;
}
const deleted = await fetch(resource, { method: "DELETE" });
peer.close();
datachannel.cleanup();
console.log(JSON.stringify({ version: datachannel.getLibraryVersion(), sent, deleted: deleted.status }));
process.exit(deleted.ok ? 0 : 1);
