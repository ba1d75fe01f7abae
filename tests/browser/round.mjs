// A round that is left in every way a person leaves one: Back, reload, a second tab, a killed server. Nothing may end silently.
// Prints one JSON object with what it saw. Usage: node round.mjs BASE_URL CAMERA.mjpeg MICROPHONE.wav SCREENSHOT_FOLDER
// When it prints "restart", whoever runs it kills the server and starts it again in the same folders.
import { walk } from "./chromium.mjs";

const [base, camera, microphone, shots] = process.argv.slice(2);
const seen = { deletes_before_stop: 0 };
const media = [
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${camera}`,
  `--use-file-for-fake-audio-capture=${microphone}`,
];
// A server that was killed answers nothing for a while, and a lost round is refused: the page has to live with both.
const expected = (message) => /Failed to load resource|WebSocket connection/.test(message.text());

const live = (page) => page.waitForSelector("[data-testid=arena][data-state=live]");

/** From the start page to a live answer; returns the session. */
async function begin(page, by, questions) {
  await page.goto(base);
  await by("choose-question").first().waitFor();
  for (let n = 0; n < questions; n++) {
    const row = by("choose-question").nth(n);
    if ((await row.getAttribute("aria-pressed")) !== "true") await row.click();
  }
  await by("start").first().click();
  await page.waitForURL(/consent|check/);
  if (page.url().includes("/consent")) await by("consent-accept").click();
  await page.waitForFunction(() => document.querySelector("[data-testid=device-ok]")?.disabled === false);
  await by("device-ok").click();
  await live(page);
  return by("arena").getAttribute("data-session");
}

await walk(
  { seen, shots, prefix: "round-", permissions: ["camera", "microphone"], args: media, expected },
  async (tools) => {
    const { context, page, by, shot, go } = tools;
    let stopping = false;
    page.on("request", (request) => {
      if (request.method() === "DELETE" && request.url().includes("/whip/") && !stopping) seen.deletes_before_stop += 1;
    });
    // The browser's own question before an answer is left.
    page.on("dialog", (dialog) => {
      seen.asked_before_leaving = dialog.type();
      void dialog.accept();
    });

    go("choose");
    seen.session = await begin(page, by, 2);
    seen.question = await by("question").innerText();
    // A gesture, without which browsers ask nothing before a page is left.
    await page.mouse.click(5, 5);

    go("back");
    await page.goBack();
    await by("waiting-round").waitFor();
    await shot("back");
    await by("back-to-round").click();
    await by("resume").waitFor();
    seen.asks_after_back = (await by("resume").locator("h1").innerText()).trim();
    await by("go-on").click();
    await live(page);
    seen.question_after_back = await by("question").innerText();

    go("reload");
    await page.mouse.click(5, 5);
    await page.reload();
    await by("resume").waitFor();
    await shot("reload");
    await by("go-on").click();
    await live(page);

    go("second tab");
    const second = await context.newPage();
    await second.goto(page.url());
    await second.getByTestId("elsewhere").waitFor();
    seen.first_tab_meanwhile = await by("arena").getAttribute("data-state");
    await second.getByTestId("take-over").click();
    await live(second);
    await by("elsewhere").waitFor();
    seen.first_tab_after = (await by("elsewhere").locator("h1").innerText()).trim();
    await by("take-over").click();
    await live(page);
    await second.close();

    go("stop");
    stopping = true;
    await by("stop").click();
    await by("report").waitFor();
    seen.ended = await by("ending").count();

    go("choice is kept");
    await page.goto(base);
    await by("choose-question").first().waitFor();
    seen.kept = await page.locator("[data-testid=choose-question][aria-pressed=true]").count();

    go("server killed");
    await begin(page, by, 2);
    await page.waitForTimeout(3000);
    console.log("restart");
    await by("ending").waitFor({ timeout: 90_000 });
    seen.why = await by("ending").getAttribute("data-ending");
    seen.why_words = (await by("ending").innerText()).trim();
    await shot("killed");
    await by("report").waitFor({ timeout: 60_000 });
  },
);
