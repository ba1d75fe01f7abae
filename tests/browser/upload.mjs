// Uploads a recording in Chromium as a person would: agree, choose, reload in the middle, choose again, wait for the report.
// Prints "sent" when the store has all of it, and in the end one JSON object with what it saw. Usage: node upload.mjs BASE_URL FILE WRONG_FILE SCREENSHOT_FOLDER BYTES_PER_SECOND PARTS_BEFORE_RELOAD
import { chromium } from "playwright-core";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const [base, file, wrong, shots, rate, before] = process.argv.slice(2);
const SENDING_MS = 15 * 60_000;
const ANALYSIS_MS = 5 * 60_000;

const seen = { before: [], after: [], refused: [], heap_mb: {}, browser_mb: {}, words: [], console: [] };
const context = await chromium.launchPersistentContext(mkdtempSync(path.join(tmpdir(), "coach-chromium-")), {
  executablePath: process.env.COACH_CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  viewport: { width: 1280, height: 860 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(30_000);
page.on("console", (message) => {
  // A URL that ran out is the store's to refuse and the page's to renew.
  if (message.type() === "error" && !message.location().url.includes("partNumber=")) seen.console.push(message.text());
});
page.on("pageerror", (error) => seen.console.push(String(error)));
// Parts that the store has confirmed, in the order of their answers.
let arrived = seen.before;
page.on("response", (response) => {
  const number = new URL(response.url()).searchParams.get("partNumber");
  if (!number || response.request().method() !== "PUT") return;
  if (response.status() === 200) arrived.push(Number(number));
  else seen.refused.push(response.status());
});
const cdp = await context.newCDPSession(page);
await cdp.send("Network.enable");
await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: Number(rate) });
await cdp.send("Performance.enable");
const by = (id) => page.getByTestId(id);
const shot = (name) => page.screenshot({ path: path.join(shots, `upload-${name}.png`) });
/** What all processes of the browser hold, each shared page counted once, MB. */
function browserMemory() {
  const read = (pid, file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // It has just ended.
    }
  };
  const parents = new Map(readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => [pid, /\nPPid:\s+(\d+)/.exec(read(pid, "status"))?.[1]]));
  const ours = (pid) => pid !== undefined && (parents.get(pid) === String(process.pid) || ours(parents.get(pid)));
  const held = [...parents.keys()].filter(ours).map((pid) => Number(/\nPss:\s+(\d+)/.exec(read(pid, "smaps_rollup"))?.[1] ?? 0));
  return held.reduce((sum, kb) => sum + kb, 0) / 1024;
}
const heap = async (name) => {
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  seen.heap_mb[name] = metrics.find((metric) => metric.name === "JSHeapUsedSize").value / 1048576;
  seen.browser_mb[name] = browserMemory();
};
const until = (condition, within, ...args) => page.waitForFunction(condition, args, { timeout: within, polling: 100 });
let step = "open";

try {
  await page.goto(base);
  await by("choose-question").first().click();
  await by("to-upload").click();
  step = "consent";
  await by("consent-accept").click();
  step = "choose";
  await by("drop-zone").waitFor();
  seen.question = await by("question").inputValue();
  await shot("1-choose");
  await by("file").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no recording") });
  await until(() => document.querySelector("[data-testid=upload-problem]").textContent.includes("MP4"), 5000);
  seen.refusal = await by("upload-problem").innerText();
  await heap("before");

  step = "send";
  const began = Date.now();
  await by("file").setInputFiles(file);
  await by("sending").waitFor();
  while (seen.before.length < Number(before)) await page.waitForTimeout(50);
  await shot("2-sending");
  seen.words.push(await by("upload-words").innerText());
  await heap("sending");

  step = "reload";
  await page.reload();
  arrived = seen.after;
  await by("unfinished").waitFor();
  await shot("3-unfinished");
  await by("file").setInputFiles(wrong);
  await until(() => document.querySelector("[data-testid=upload-problem]").textContent !== "", 5000);
  seen.another = await by("upload-problem").innerText();
  await by("file").setInputFiles(file);
  await by("sending").waitFor();
  seen.resumed_at = Number(await by("sending").getAttribute("data-sent"));

  step = "pause";
  await by("hold").click();
  await page.waitForSelector("[data-testid=sending][data-phase=paused]");
  await shot("4-paused");
  seen.words.push(await by("upload-words").innerText());
  await by("go-on").click();
  await page.waitForSelector("[data-testid=sending][data-phase=sending]");

  step = "send the rest";
  let middle = false;
  while (page.url().includes("/upload")) {
    if (Date.now() - began > SENDING_MS) throw new Error("it takes too long");
    const percent = Number.parseInt(await by("percent").innerText({ timeout: 1000 }).catch(() => "0"), 10);
    if (!middle && percent >= 75) {
      middle = true;
      await heap("at_75_percent");
    }
    await page.waitForTimeout(100);
  }
  seen.upload_s = (Date.now() - began) / 1000;
  console.log("sent");
  step = "analysis";
  seen.session = page.url().split("/").pop();
  await shot("5-analysis");
  await by("score-value-confidence").first().waitFor({ timeout: ANALYSIS_MS });
  seen.to_report_s = (Date.now() - began) / 1000 - seen.upload_s;
  seen.score = (await by("score-value-confidence").first().innerText()).trim();
  step = "replay";
  await until(() => document.querySelector("video")?.readyState >= 2, 30_000);
  seen.replay_s = await page.locator("video").first().evaluate((video) => video.duration);
  await shot("6-report");
  await heap("after");
  step = "done";
} catch (error) {
  seen.error = `${step}: ${error}`;
  await shot("error").catch(() => undefined);
} finally {
  await context.close();
}
console.log(JSON.stringify({ ...seen, step }));
process.exitCode = step === "done" ? 0 : 1;
