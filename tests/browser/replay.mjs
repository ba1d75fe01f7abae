// Opens reports as a person would, seeks in their replay and plays on. Usage: node replay.mjs BASE_URL SCREENSHOT_FOLDER NAME=SESSION...
// Prints one JSON object with what it saw.
import { untilPlayable, walk } from "./chromium.mjs";

const [base, shots, ...sessions] = process.argv.slice(2);
const seen = { pages: {} };

await walk(
  { seen, shots, prefix: "replay-", args: ["--autoplay-policy=no-user-gesture-required"] },
  async ({ page, by, shot, go }) => {
    for (const [name, session] of sessions.map((text) => text.split("="))) {
      go(name);
      const now = (seen.pages[name] = {});
      await page.goto(`${base}/sessions/${session}`);
      await by("report").waitFor();
      now.duration_s = await untilPlayable(page);
      now.audio_only = (await by("audio-only").count()) > 0;
      await shot(name);
      await shot(`${name}-whole`, { fullPage: true });
      const video = page.locator("video").first();
      await video.evaluate((v) => {
        v.muted = true;
        v.currentTime = v.duration * 0.75;
        return v.play();
      });
      await page.waitForFunction(() => {
        const v = document.querySelector("video");
        return !v.seeking && v.currentTime > v.duration * 0.76;
      });
      now.seeked_to_s = await video.evaluate((v) => v.currentTime);
    }
  },
);
