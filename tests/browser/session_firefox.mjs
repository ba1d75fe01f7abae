// Drives a whole session in Firefox with its fake camera and microphone: choose, agree, check devices, answer, stop, read the report.
// Prints one JSON object with what it saw. Usage: node session_firefox.mjs BASE_URL SCREENSHOT_FOLDER
import path from "node:path";
import { Page } from "./marionette.mjs";

const [base, shots] = process.argv.slice(2);
const ANSWER_S = 8;

const seen = {};
let step = "start";
const page = await Page.open();
const shot = (name) => page.shot(path.join(shots, `firefox-${name}.png`));
try {
  step = "choose";
  await page.goto(base);
  await page.click("choose-question");
  await page.click("start");

  step = "consent";
  await page.click("consent-accept");

  step = "device check";
  await page.click("calibrate");
  seen.calibrated = await page.until(`return document.querySelector("[data-testid=advice]")?.getAttribute("data-ok")`);
  seen.advice = await page.run(`return document.querySelector("[data-testid=advice]").innerText`);
  await shot("device-check");
  await page.click("device-ok");

  step = "arena";
  await page.until(`return document.querySelector("[data-testid=arena][data-state=live]")`);
  seen.session = await page.read("arena", "data-session");
  const timer = `const [m, s] = document.querySelector("[data-testid=timer]").textContent.match(/\\d+:\\d+/)[0].split(":").map(Number); return 60 * m + s >= args[0]`;
  await page.until(timer, { args: [ANSWER_S], ms: 60_000 });
  await shot("arena");

  step = "stop";
  await page.click("stop");
  step = "report";
  await page.until(`return document.querySelector("[data-testid=score-value-confidence]")`, { ms: 60_000 });
  step = "replay";
  await page.until(`return document.querySelector("video")?.readyState >= 2`);
  await page.run(`const v = document.querySelector("video"); v.muted = true; v.play()`);
  await page.until(`return document.querySelector("video").currentTime > 0.5`);
  seen.duration_s = await page.run(`return document.querySelector("video").duration`);
  await shot("report");
  step = "done";
} catch (error) {
  seen.error = `${step}: ${error}`;
  seen.page = await page.run(`return document.body.innerText.slice(0, 2000)`).catch(String);
  await shot("error").catch(() => undefined);
} finally {
  await page.close();
}
console.log(JSON.stringify({ ...seen, step }));
process.exitCode = step === "done" ? 0 : 1;
