// Plays the stored recording of a session in Chromium, without our pages. Usage: node plays.mjs BASE_URL SCREENSHOT_FOLDER SESSION
// Prints one JSON object: the media type, the length and size that the browser tells, and where it came to after seeking.
import { walk } from "./chromium.mjs";

const [base, shots, session] = process.argv.slice(2);
const seen = {};

await walk(
  { seen, shots, prefix: "plays-", args: ["--autoplay-policy=no-user-gesture-required"] },
  async ({ page, go }) => {
    go("play");
    const recording = await (await fetch(`${base}/api/sessions/${session}/recording`)).json();
    seen.content_type = recording.content_type;
    await page.setContent(`<video muted src="${recording.url.replaceAll("&", "&amp;")}"></video>`);
    await page.waitForFunction(() => document.querySelector("video").readyState >= 3);
    const video = page.locator("video");
    Object.assign(
      seen,
      await video.evaluate((v) => ({ duration_s: v.duration, width: v.videoWidth, height: v.videoHeight })),
    );
    await video.evaluate((v) => {
      v.currentTime = v.duration * 0.75;
      return v.play();
    });
    await page.waitForFunction(() => {
      const v = document.querySelector("video");
      return !v.seeking && v.currentTime > v.duration * 0.76;
    });
    seen.seeked_to_s = await video.evaluate((v) => v.currentTime);
    seen.frames = await video.evaluate((v) => v.getVideoPlaybackQuality().totalVideoFrames);
  },
);
