// The clip of the device check: a few quiet seconds, then one sentence, recorded in the page and sent once.

/** The person looks at the camera and is quiet: most of the clip, so that the neutral face is theirs. */
export const QUIET_MS = 3600;
/** Then a sentence is said, for the level and the pitch of the voice. */
export const SENTENCE_MS = 3400;
export const CLIP_MS = QUIET_MS + SENTENCE_MS;

const VIDEO_TYPES = ["video/webm;codecs=vp8,opus", "video/webm"];
const AUDIO_TYPES = ["audio/webm;codecs=opus", "audio/webm"];

/** Records `ms` of the stream as WebM. Rejects when the browser cannot, or when nothing was recorded. */
export function recordClip(stream: MediaStream, ms = CLIP_MS): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const sees = stream.getVideoTracks().length > 0;
    const mimeType = (sees ? VIDEO_TYPES : AUDIO_TYPES).find((type) => MediaRecorder.isTypeSupported(type));
    if (!mimeType) {
      reject(new Error("This browser cannot record WebM."));
      return;
    }
    const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: 1_200_000 });
    const chunks: Blob[] = [];
    recorder.addEventListener("dataavailable", (event) => {
      if (event.data.size > 0) chunks.push(event.data);
    });
    recorder.addEventListener("error", () => reject(new Error("The recording stopped unexpectedly.")));
    recorder.addEventListener("stop", () => {
      if (chunks.length === 0) reject(new Error("Nothing was recorded."));
      else resolve(new Blob(chunks, { type: sees ? "video/webm" : "audio/webm" }));
    });
    recorder.start();
    setTimeout(() => {
      if (recorder.state !== "inactive") recorder.stop();
    }, ms);
  });
}
