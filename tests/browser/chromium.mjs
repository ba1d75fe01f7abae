// A Chromium of its own for a way through the pages, and what every way says at its end.
import { chromium } from "playwright-core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A Chromium with an empty profile of its own; `end` closes it and erases the profile. */
async function launch({ permissions, args }) {
  const profile = mkdtempSync(path.join(tmpdir(), "coach-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.COACH_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1280, height: 860 },
    permissions,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...args,
    ],
  });
  const end = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { context, end };
}

/**
 * Walks a way: `way(tools)` is called with a page, and reports what it saw in `seen`; `go(step)` names the step that follows.
 * Prints `seen` as one line of JSON, with the last step and what went wrong in it, and sets the exit status.
 *
 * `shots`: the folder of screenshots, `prefix` begins their names. `permissions` and `args` are Chromium's. `expected(message)`: an
 * error that the console may show. `another(args)` opens the page of a second browser, which shares nothing with the first and has
 * arguments of its own where they are given.
 */
export async function walk({ seen, shots, prefix = "", permissions = [], args = [], expected = () => false }, way) {
  seen.console = [];
  const ends = [];
  const open = async (own) => {
    const { context, end } = await launch({ permissions, args: own ?? args });
    ends.push(end);
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(30_000);
    page.on("console", (message) => {
      if (message.type() === "error" && !expected(message)) seen.console.push(message.text());
    });
    page.on("pageerror", (error) => seen.console.push(String(error)));
    return { context, page };
  };
  const { context, page } = await open();
  const another = async (own) => (await open(own)).page;
  const by = (id) => page.getByTestId(id);
  const shot = (name, options = {}) => page.screenshot({ path: path.join(shots, `${prefix}${name}.png`), ...options });
  let step = "open";
  try {
    await way({ context, page, by, shot, another, go: (next) => (step = next) });
    step = "done";
  } catch (error) {
    seen.error = `${step}: ${error}`;
    await shot("error").catch(() => undefined);
  } finally {
    for (const end of ends) await end();
  }
  console.log(JSON.stringify({ ...seen, step }));
  process.exitCode = step === "done" ? 0 : 1;
}

/** Until the page's video is a recording that can be played, and not a camera, which has no length; its length, seconds. */
export async function untilPlayable(page) {
  const length = await page.waitForFunction(() => {
    const video = document.querySelector("video");
    return video?.readyState >= 2 && Number.isFinite(video.duration) && video.duration;
  });
  return length.jsonValue();
}

/**
 * Presses a word of the transcript. Returns the word, its time, where the video went, and how long it took until that was shown, all in
 * milliseconds.
 */
export async function pressWord(page, word) {
  await page
    .locator("video")
    .first()
    .evaluate((video) => {
      const pressed = new Promise((resolve) =>
        document.addEventListener("click", () => resolve(performance.now()), { capture: true, once: true }),
      );
      const went = new Promise((resolve) =>
        video.addEventListener("seeking", () => resolve(video.currentTime * 1000), { once: true }),
      );
      const shown = new Promise((resolve) =>
        video.addEventListener("seeked", () => resolve(performance.now()), { once: true }),
      );
      window.wordPressed = Promise.all([pressed, went, shown]).then(([from, to_ms, until]) => ({
        to_ms,
        took_ms: Math.round(until - from),
      }));
    });
  const [text, at_ms] = [await word.innerText(), Number(await word.getAttribute("data-at"))];
  await word.click();
  return { text, at_ms, ...(await page.evaluate(() => window.wordPressed)) };
}
