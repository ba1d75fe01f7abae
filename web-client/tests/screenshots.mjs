// Screenshots of every page in light, dark and at a phone's width: `node tests/screenshots.mjs OUT [--base URL] [--only home,report]`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: "string", default: "http://127.0.0.1:8090" },
    only: { type: "string" },
    camera: { type: "string" },
    modes: { type: "string", default: "light,dark,phone" },
  },
});
const out = positionals[0] ?? "test-results";
mkdirSync(out, { recursive: true });
const wanted = values.only?.split(",");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    ...(values.camera ? [`--use-file-for-fake-video-capture=${values.camera}`] : []),
  ],
});

/** Stands in for a peer connection that connects at once. */
function peer() {
  class Peer extends EventTarget {
    iceGatheringState = "complete";
    connectionState = "new";
    localDescription = { sdp: "v=0\r\n" };
    addTransceiver() {
      return { setCodecPreferences() {} };
    }
    async setLocalDescription() {}
    async setRemoteDescription() {
      setTimeout(() => this.move("connected"), 50);
    }
    move(state) {
      this.connectionState = state;
      this.dispatchEvent(new Event("connectionstatechange"));
    }
    close() {}
    constructor() {
      super();
      window.__peer = this;
    }
  }
  window.RTCPeerConnection = Peer;
}

const MODES = {
  light: { viewport: { width: 1360, height: 860 }, colorScheme: "light" },
  dark: { viewport: { width: 1360, height: 860 }, colorScheme: "dark" },
  phone: {
    viewport: { width: 390, height: 844 },
    colorScheme: "light",
    isMobile: true,
    hasTouch: true,
    deviceScaleFactor: 2,
  },
};
const FIRST = "0193a000-0000-7000-8000-000000000001";
const SINGLE = "0193a000-0000-7000-8000-000000000002";
const id = (testid) => `[data-testid=${testid}]`;

for (const [mode, options] of Object.entries(MODES).filter(([name]) => values.modes.split(",").includes(name))) {
  const context = await browser.newContext({ ...options, permissions: ["camera", "microphone"] });
  await context.addInitScript(peer);
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${mode}: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && console.error(`${mode}: ${message.text()}`));
  const shot = (name, full = false) => page.screenshot({ path: join(out, `${name}-${mode}.png`), fullPage: full });
  const step = async (name, run) => {
    if (wanted && !wanted.includes(name)) return;
    try {
      await run();
    } catch (error) {
      console.error(`${mode} ${name}: ${error.message.split("\n")[0]}`);
      await shot(`${name}-broken`);
    }
  };
  await step("home", async () => {
    await page.goto(values.base);
    await page.waitForSelector(id("choose-question"));
    const rows = page.locator(id("choose-question"));
    await rows.nth(0).click();
    await rows.nth(4).click();
    await shot("home");
  });
  await step("consent", async () => {
    await page.goto(`${values.base}/consent?q=failure-1`);
    await page.waitForSelector(id("consent-accept"));
    await shot("consent");
  });
  await step("check", async () => {
    await page.goto(`${values.base}/check?q=failure-1,conflict-1`);
    await page.waitForSelector(`${id("calibrate")}:enabled`);
    await page.waitForTimeout(1200);
    await shot("check");
    await page.click(id("calibrate"));
    await page.waitForTimeout(1500);
    await shot("check-measuring");
    await page.waitForSelector(`${id("advice")}[data-ok]`);
    await shot("check-done");
  });
  await step("upload", async () => {
    await page.goto(`${values.base}/upload?q=conflict-1`);
    await page.waitForSelector(id("drop-zone"));
    await shot("upload");
    await page
      .locator(id("file"))
      .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no") });
    await page.waitForTimeout(200);
    await shot("upload-refused");
    const file = {
      name: "My answer to the hardest question of all, third take.mp4",
      mimeType: "video/mp4",
      buffer: Buffer.alloc(49_000_000),
    };
    await page.locator(id("file")).setInputFiles(file);
    await page.waitForSelector(id("sending"));
    await page.waitForTimeout(1300);
    await shot("upload-sending");
    await page.click(id("hold"));
    await page.waitForSelector(`${id("sending")}[data-phase=paused]`);
    await shot("upload-paused");
    await page.reload();
    await page.waitForSelector(id("unfinished"));
    await shot("upload-unfinished");
  });
  await step("arena", async () => {
    await page.goto(`${values.base}/check?q=failure-1,conflict-1`);
    await page.click(id("device-ok"));
    await page.waitForSelector(`${id("arena")}[data-state=live]`);
    await page.waitForSelector(id("hint"));
    await page.waitForTimeout(400);
    await shot("arena");
    await page.evaluate(() => window.__peer.move("disconnected"));
    await page.waitForSelector(id("lost"));
    await page.waitForTimeout(400);
    await shot("arena-lost");
    await page.evaluate(() => window.__peer.move("connected"));
    await page.keyboard.press("p");
    await page.waitForTimeout(700);
    await shot("arena-paused");
    await page.keyboard.press("p");
    await page.click(id("next-question"));
    await page.waitForTimeout(300);
    await page.click(id("stop"));
    await page.waitForSelector(id("progress"));
    await page.waitForTimeout(1300);
    await shot("progress");
    await page.waitForSelector(id("report"));
  });
  await step("report", async () => {
    await page.goto(`${values.base}/sessions/${FIRST}`);
    await page.waitForSelector(id("lanes"));
    await page.waitForTimeout(1500);
    await page.evaluate(() => (document.querySelector("video").currentTime = 8.4));
    await page.waitForTimeout(500);
    await shot("report", true);
    await page.click(`${id("score-confidence")} button`);
    await page.locator(id("contribution")).nth(1).locator("button").first().click();
    await page.waitForTimeout(400);
    await shot("report-open", true);
    await page.click(id("tab-answer-3"));
    await page.waitForTimeout(400);
    await shot("report-answer", true);
  });
  await step("history", async () => {
    await page.goto(`${values.base}/history`);
    await page.waitForSelector(id("history-row"));
    await page.locator(id("pick")).nth(0).check();
    await page.waitForTimeout(300);
    await shot("history", true);
    await page.locator(id("delete")).nth(1).click();
    await page.waitForTimeout(200);
    await shot("delete");
  });
  await step("compare", async () => {
    await page.goto(`${values.base}/compare?a=${FIRST}&b=${SINGLE}`);
    await page.waitForTimeout(2000);
    await shot("compare", true);
  });
  await step("lost", async () => {
    await page.goto(`${values.base}/sessions/0193a000-0000-7000-8000-000000000003`);
    await page.waitForSelector(id("error"));
    await shot("failed");
    await page.goto(`${values.base}/nowhere`);
    await page.waitForSelector(id("empty"));
    await shot("nowhere");
  });
  await context.close();
}
await browser.close();
