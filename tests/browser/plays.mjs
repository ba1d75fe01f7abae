// Plays the stored recording of a session in Chromium, without our replay. Usage: node plays.mjs BASE_URL SCREENSHOT_FOLDER SESSION
// Prints one JSON object: the media type, whether a page elsewhere could embed it, the length and size that the browser tells, and where it
// came to after seeking.
import { walk } from "./chromium.mjs";

const [base, shots, session] = process.argv.slice(2);
const seen = {};

// The page elsewhere is refused.
const expected = (message) => /ERR_BLOCKED_BY_RESPONSE/.test(message.text());
await walk(
  { seen, shots, prefix: "plays-", args: ["--autoplay-policy=no-user-gesture-required"], expected },
  async ({ page, go }) => {
    go("elsewhere");
    const recording = await (await fetch(`${base}/api/sessions/${session}/recording`)).json();
    seen.content_type = recording.content_type;
    seen.elsewhere = await page.evaluate(
      (urls) =>
        Promise.all(
          Object.entries(urls).map(([tag, url]) => {
            const element = document.createElement(tag);
            return new Promise((resolve) => {
              element.onload = element.onloadedmetadata = () => resolve(`${tag} loaded`);
              element.onerror = () => resolve(`${tag} refused`);
              element.src = url;
            });
          }),
        ),
      { video: recording.url, img: recording.poster_url },
    );

    go("play");
    await page.goto(base);
    await page.evaluate((url) => {
      const video = document.createElement("video");
      document.body.replaceChildren(Object.assign(video, { muted: true, crossOrigin: "anonymous", src: url }));
    }, recording.url);
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
