// Drives a whole session in Chromium as a person would: choose, agree, check devices, answer twice, stop, read the report.
// Prints one JSON object with what it saw. Usage: node session.mjs BASE_URL CAMERA.mjpeg MICROPHONE.wav SCREENSHOT_FOLDER
import { pressWord, untilPlayable, walk } from "./chromium.mjs";

const [base, camera, microphone, shots] = process.argv.slice(2);
const FIRST_ANSWER_MS = 34_000; // fast speech: the hint needs 20 s of it
const ARENA_MS = 46_000;

const seen = { vitals: 0, hints: [], hints_shown: [], scores: [], running: 0, steps: [] };
const media = [
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${camera}`,
  `--use-file-for-fake-audio-capture=${microphone}`,
];

await walk({ seen, shots, permissions: ["camera", "microphone"], args: media }, async ({ page, by, shot, go }) => {
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const message = JSON.parse(payload);
      if (message.type === "vitals") seen.vitals += 1;
      if (message.type === "hint")
        seen.hints.push({ t: message.t, id: message.id, text: message.text, evidence: message.evidence });
      if (message.type === "score") seen.running += 1;
    });
  });

  await page.goto(base);
  go("choose");
  await by("choose-question").first().waitFor();
  await shot("1-choose");
  await by("choose-question").nth(0).click();
  await by("choose-question").nth(1).click();
  await by("start").first().click();

  go("consent");
  await by("consent-accept").waitFor();
  await shot("2-consent");
  await by("consent-accept").click();

  go("device check");
  await by("calibrate").waitFor();
  await page.waitForFunction(() => !document.querySelector("[data-testid=calibrate]").disabled);
  const measured = page.waitForResponse((r) => r.url().endsWith("/calibration") && r.request().method() === "POST");
  await by("calibrate").click();
  // Quiet first, then the sentence: the page says when.
  for (const step of ["Stay quiet", "Say the sentence"]) {
    await by("calibrate").filter({ hasText: step }).waitFor();
    seen.steps.push(step);
  }
  seen.calibration = (await (await measured).json()).calibration;
  await page.waitForFunction(() => document.querySelector("[data-testid=advice]")?.hasAttribute("data-ok"));
  seen.calibrated = await by("advice").getAttribute("data-ok");
  seen.advice = await by("advice").innerText();
  await shot("3-device-check");
  await by("device-ok").click();

  go("arena");
  await page.waitForSelector("[data-testid=arena][data-state=live]");
  const began = Date.now();
  seen.session = await by("arena").getAttribute("data-session");
  seen.question = await by("question").innerText();
  // A hint is on the page for four seconds only: an observer sees each one.
  await page.exposeFunction("hintSeen", (text) => seen.hints_shown.push(text));
  await page.evaluate(() => {
    const look = () => {
      const text = document.querySelector("[data-testid=hint]")?.textContent?.trim();
      if (text && text !== look.last) window.hintSeen(text);
      look.last = text;
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.waitForTimeout(12_000);
  await shot("4-arena");
  await page
    .waitForFunction(() => document.querySelector("[data-testid=hint]")?.textContent?.trim(), null, {
      timeout: FIRST_ANSWER_MS,
    })
    .then(
      async () => {
        await shot("5-arena-hint");
        await by("not-helpful").click();
        seen.refused = await by("hint").getAttribute("data-hint");
        seen.said_of_refused = await by("hint").innerText();
        await shot("5-arena-hint-refused");
        seen.switched_off = await page.evaluate(() => localStorage.getItem("coach.hints.off"));
      },
      () => undefined,
    );
  await page.waitForTimeout(Math.max(0, began + FIRST_ANSWER_MS - Date.now()));
  await by("next-question").click();
  await page.waitForFunction(
    (before) => document.querySelector("[data-testid=question]").textContent !== before,
    seen.question,
  );
  seen.next = await by("question").innerText();
  await page.waitForTimeout(Math.max(0, began + ARENA_MS - Date.now()));

  go("stop");
  await by("stop").waitFor();
  const stopped = Date.now();
  await by("stop").click();
  await by("score-value-confidence").first().waitFor();
  seen.stop_to_report_ms = Date.now() - stopped;
  seen.arena_ms = stopped - began;

  go("report");
  for (const name of ["confidence", "clarity", "resilience", "engagement"]) {
    seen.scores.push([name, (await by(`score-value-${name}`).first().innerText()).trim()]);
  }
  go("replay");
  const video = page.locator("video").first();
  seen.duration_s = await untilPlayable(page);
  await video.evaluate((v) => {
    v.muted = true;
    return v.play();
  });
  await page.waitForFunction(() => document.querySelector("video").currentTime > 0.5);
  await video.evaluate((v) => v.pause());
  const lanes = page
    .locator("[data-testid^=lane-]:not([data-testid^=lane-value]):not([data-testid=lane-playhead])")
    .nth(1);
  await lanes.scrollIntoViewIfNeeded();
  const lane = await lanes.boundingBox();
  await page.mouse.click(lane.x + lane.width * 0.7, lane.y + lane.height / 2);
  await page.waitForFunction(
    () => !document.querySelector("video").seeking && document.querySelector("video").currentTime > 5,
  );
  seen.seeked_to_s = await video.evaluate((v) => v.currentTime);
  go("words");
  const words = by("transcript").locator("[data-at]");
  seen.words = await words.allInnerTexts();
  if (seen.words.length > 0) seen.word = await pressWord(page, words.nth(Math.floor(seen.words.length / 2)));
  await video.evaluate((v) => v.pause());
  await shot("6-report");
  await shot("7-report-whole", { fullPage: true });

  go("history");
  await page.goto(`${base}/history`);
  await by("history-row").first().waitFor();
  seen.history_rows = await by("history-row").count();
  await shot("8-history");
});
