// Watches a live session in Firefox until it is over. Prints one JSON object with what it saw.
// Usage: node watch_firefox.mjs BASE_URL SCREENSHOT_FOLDER SESSION
import path from "node:path";
import { Page } from "./marionette.mjs";

const [base, shots, session] = process.argv.slice(2);
const seen = {};
let step = "start";
const page = await Page.open();
try {
  step = "waiting";
  await page.goto(`${base}/sessions/${session}/watch`);
  await page.until(`return document.querySelector("[data-testid=screen][data-state=waiting]")`);
  console.log("waiting");

  step = "live";
  await page.until(`return document.querySelector("[data-testid=screen][data-state=live]")`, { ms: 60_000 });
  await page.until(`return document.querySelector("video").videoWidth > 0`);
  // Firefox counts no frames of a live stream: frames that differ from the one before are counted.
  await page.run(`
    const video = document.querySelector("video");
    const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 24 });
    const draw = canvas.getContext("2d", { willReadFrequently: true });
    let before = "";
    window.changes = 0;
    setInterval(() => {
      draw.drawImage(video, 0, 0, 32, 24);
      const now = draw.getImageData(0, 0, 32, 24).data.join();
      if (now !== before) window.changes += 1;
      before = now;
    }, 50);
  `);
  await page.until(`return window.changes > 60`);
  seen.width = await page.run(`return document.querySelector("video").videoWidth`);
  seen.tracks = await page.run(
    `return document.querySelector("video").srcObject.getTracks().map((t) => t.kind + " " + t.muted).sort()`,
  );
  seen.frames = await page.run(`return window.changes`);
  await page.shot(path.join(shots, "firefox-watch.png"));

  step = "over";
  // One wait of the browser's is 30 s at most.
  const over = () => page.until(`return document.body.innerText.includes("This session is over")`, { ms: 20_000 });
  await over().catch(over).catch(over).catch(over);
  step = "done";
} catch (error) {
  seen.error = `${step}: ${error}`;
  seen.page = await page.run(`return document.body.innerText.slice(0, 2000)`).catch(String);
} finally {
  await page.close();
}
console.log(JSON.stringify({ ...seen, step }));
process.exitCode = step === "done" ? 0 : 1;
