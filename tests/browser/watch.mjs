// Watches a live session in Chromium until it is over. Prints one JSON object with what it saw and heard.
// Usage: node watch.mjs BASE_URL SCREENSHOT_FOLDER SESSION
import { walk } from "./chromium.mjs";

const [base, shots, session] = process.argv.slice(2);
const seen = {};
await walk(
  {
    seen,
    shots,
    prefix: "watch-",
    args: ["--autoplay-policy=no-user-gesture-required"],
    // Nothing is sent at first, and the page asks again.
    expected: (message) => message.text().includes("409"),
  },
  async ({ page, by, shot, go }) => {
    go("waiting");
    await page.goto(`${base}/sessions/${session}/watch`);
    await page.waitForFunction(() => document.querySelector("[data-testid=screen][data-state=waiting]"));
    seen.waiting = await by("screen").innerText();
    await shot("waiting");
    console.log("waiting");

    go("live");
    await page.waitForFunction(() => document.querySelector("[data-testid=screen][data-state=live]"));
    await page.waitForFunction(() => document.querySelector("video").videoWidth > 0);
    seen.width = await by("watch-video").evaluate((video) => video.videoWidth);
    await page.waitForFunction(() => document.querySelector("video").currentTime > 3);
    seen.loudest = await by("watch-video").evaluate(async (video) => {
      const context = new AudioContext();
      const meter = context.createAnalyser();
      context.createMediaStreamSource(video.srcObject).connect(meter);
      const samples = new Float32Array(meter.fftSize);
      let loudest = 0;
      for (let n = 0; n < 40; n++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        meter.getFloatTimeDomainData(samples);
        loudest = Math.max(loudest, ...samples.map(Math.abs));
      }
      return loudest;
    });
    seen.frames = await by("watch-video").evaluate((video) => video.getVideoPlaybackQuality().totalVideoFrames);
    await shot("live");

    go("over");
    await page.getByText("This session is over").waitFor({ timeout: 120_000 });
    await shot("over");
  },
);
