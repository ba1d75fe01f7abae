// The short clip of the device check: recorded in the page, sent once.

export const CLIP_MS = 3500;

const TYPES = ["video/webm;codecs=vp8,opus", "video/webm"];

/** Records `ms` of the stream as WebM. Rejects when the browser cannot, or when nothing was recorded. */
export function recordClip(stream: MediaStream, ms = CLIP_MS): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
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
      else resolve(new Blob(chunks, { type: "video/webm" }));
    });
    recorder.start();
    setTimeout(() => {
      if (recorder.state !== "inactive") recorder.stop();
    }, ms);
  });
}
