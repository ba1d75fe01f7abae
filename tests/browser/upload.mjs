// Uploads a recording in Chromium as a person would: agree, choose, reload in the middle, choose again, wait for the report.
// Prints "sent" when the store has all of it, and in the end one JSON object with what it saw. Usage: node upload.mjs BASE_URL FILE WRONG_FILE SCREENSHOT_FOLDER BYTES_PER_SECOND PARTS_BEFORE_RELOAD
import { readdirSync, readFileSync } from "node:fs";
import { untilPlayable, walk } from "./chromium.mjs";

const [base, file, wrong, shots, rate, before] = process.argv.slice(2);
const SENDING_MS = 15 * 60_000;
const ANALYSIS_MS = 5 * 60_000;

const seen = { before: [], after: [], refused: [], heap_mb: {}, browser_mb: {}, words: [] };
// A URL that ran out is the store's to refuse and the page's to renew.
const expected = (message) => message.location().url.includes("partNumber=");

/** What all processes of the browser hold, each shared page counted once, MB. */
function browserMemory() {
  const read = (pid, file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // It has just ended.
    }
  };
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [pid, /\nPPid:\s+(\d+)/.exec(read(pid, "status"))?.[1]]),
  );
  const ours = (pid) => pid !== undefined && (parents.get(pid) === String(process.pid) || ours(parents.get(pid)));
  const held = [...parents.keys()]
    .filter(ours)
    .map((pid) => Number(/\nPss:\s+(\d+)/.exec(read(pid, "smaps_rollup"))?.[1] ?? 0));
  return held.reduce((sum, kb) => sum + kb, 0) / 1024;
}

await walk({ seen, shots, prefix: "upload-", expected }, async ({ context, page, by, shot, go }) => {
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
  await cdp.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 5,
    downloadThroughput: -1,
    uploadThroughput: Number(rate),
  });
  await cdp.send("Performance.enable");
  const heap = async (name) => {
    await cdp.send("HeapProfiler.collectGarbage");
    const { metrics } = await cdp.send("Performance.getMetrics");
    seen.heap_mb[name] = metrics.find((metric) => metric.name === "JSHeapUsedSize").value / 1048576;
    seen.browser_mb[name] = browserMemory();
  };
  const until = (condition, within, ...args) =>
    page.waitForFunction(condition, args, { timeout: within, polling: 100 });

  await page.goto(base);
  await by("choose-question").first().click();
  await by("to-upload").click();
  go("consent");
  await by("consent-accept").click();
  go("choose");
  await by("drop-zone").waitFor();
  seen.question = await by("question").inputValue();
  await shot("1-choose");
  await by("file").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no recording") });
  await until(() => document.querySelector("[data-testid=upload-problem]").textContent.includes("MP4"), 5000);
  seen.refusal = await by("upload-problem").innerText();
  await heap("before");

  go("send");
  const began = Date.now();
  await by("file").setInputFiles(file);
  await by("sending").waitFor();
  while (seen.before.length < Number(before)) await page.waitForTimeout(50);
  await shot("2-sending");
  seen.words.push(await by("upload-words").innerText());
  await heap("sending");

  go("reload");
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

  go("pause");
  await by("hold").click();
  await page.waitForSelector("[data-testid=sending][data-phase=paused]");
  await shot("4-paused");
  seen.words.push(await by("upload-words").innerText());
  await by("go-on").click();
  await page.waitForSelector("[data-testid=sending][data-phase=sending]");

  go("send the rest");
  let middle = false;
  while (page.url().includes("/upload")) {
    if (Date.now() - began > SENDING_MS) throw new Error("it takes too long");
    const percent = Number.parseInt(
      await by("percent")
        .innerText({ timeout: 1000 })
        .catch(() => "0"),
      10,
    );
    if (!middle && percent >= 75) {
      middle = true;
      await heap("at_75_percent");
    }
    await page.waitForTimeout(100);
  }
  seen.upload_s = (Date.now() - began) / 1000;
  console.log("sent");
  go("analysis");
  seen.session = page.url().split("/").pop();
  await shot("5-analysis");
  await by("score-value-confidence").first().waitFor({ timeout: ANALYSIS_MS });
  seen.to_report_s = (Date.now() - began) / 1000 - seen.upload_s;
  seen.score = (await by("score-value-confidence").first().innerText()).trim();
  go("replay");
  seen.replay_s = await untilPlayable(page);
  await shot("6-report");
  await heap("after");
});
