// A phone that is paired with a server of the network, practises, watches its recording, and is signed out again.
// Prints one JSON object with what it saw. Usage: node phone.mjs BASE_URL CAMERA.mjpeg MICROPHONE.wav SCREENSHOT_FOLDER
import { chromium } from "playwright-core";
import path from "node:path";
import { untilPlayable, walk } from "./chromium.mjs";

const [base, camera, microphone, shots] = process.argv.slice(2);
const seen = {};
const media = [
  "--ignore-certificate-errors",
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${camera}`,
  `--use-file-for-fake-audio-capture=${microphone}`,
];
// Whoever is not paired is answered 401.
const expected = (message) => /Failed to load resource/.test(message.text());

const options = { seen, shots, prefix: "phone-", permissions: ["camera", "microphone"], args: media, expected };
await walk(options, async ({ context, page, by, shot, go }) => {
  go("the code on the computer");
  await page.goto(`${base}/settings#devices`);
  await page.getByRole("button", { name: "Pair a device" }).click();
  await by("pairing-code").waitFor();
  seen.code_px = await by("pairing-code").evaluate((image) => image.naturalWidth);
  await shot("code");
  const { addresses } = await page.evaluate(async () => (await fetch("/api/pairing")).json());
  seen.addresses = addresses.length;

  go("the phone without a code");
  const phone = await chromium.launch({
    executablePath: process.env.COACH_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", ...media],
  });
  try {
    const there = await phone.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      ignoreHTTPSErrors: true,
      permissions: ["camera", "microphone"],
    });
    const small = await there.newPage();
    small.setDefaultTimeout(30_000);
    const on = (id) => small.getByTestId(id);
    const shotThere = (name) => small.screenshot({ path: path.join(shots, `phone-${name}.png`) });
    const origin = new URL(addresses[0].url).origin;
    await small.goto(`${origin}/history`);
    await small.getByText("This device is not paired").waitFor();
    await shotThere("not-paired");

    go("pairing");
    await small.goto(addresses[0].url);
    await on("choose-question").first().waitFor();
    seen.at = new URL(small.url()).pathname + new URL(small.url()).hash;
    await shotThere("home");

    go("installing");
    const tools = await there.newCDPSession(small);
    const { installabilityErrors } = await tools.send("Page.getInstallabilityErrors");
    // Nobody vouches for this certificate, and the test's profile is a private one; all else must be right.
    const ofTheTest = ["in-incognito", "not-from-secure-origin"];
    seen.not_installable = installabilityErrors.map(({ errorId }) => errorId).filter((id) => !ofTheTest.includes(id));

    go("practice");
    await on("choose-question").first().click();
    await on("start").first().click();
    await on("consent-accept").click();
    await on("calibrate").waitFor();
    await small.waitForFunction(() => !document.querySelector("[data-testid=calibrate]").disabled);
    await on("device-ok").click();
    await small.waitForSelector("[data-testid=arena][data-state=live]");
    const session = await on("arena").getAttribute("data-session");
    await small.waitForTimeout(8_000);
    await shotThere("arena");
    await on("stop").click();
    await small.waitForURL(new RegExp(`/sessions/${session}`));

    go("replay");
    seen.plays_s = await untilPlayable(small);
    seen.from = await small
      .locator("video")
      .first()
      .evaluate((video) => new URL(video.currentSrc).origin);
    seen.from = seen.from === origin ? "this server" : seen.from;
    await shotThere("report");

    go("signing the phone out");
    await page.reload();
    await page.getByRole("button", { name: "Sign out" }).scrollIntoViewIfNeeded();
    await shot("devices");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor({ state: "detached" });
    await small.goto(`${origin}/history`);
    await small.getByText("This device is not paired").waitFor();
    seen.signed_out = true;
  } finally {
    await phone.close();
  }
  await context.clearCookies();
});
