// A live interview of two people and an observer: a candidate and an interviewer in two Chromiums, an observer in Firefox.
// Prints one JSON object with what they saw and heard of each other.
// Usage: node room.mjs BASE_URL CAMERA MICROPHONE INTERVIEWERS_CAMERA INTERVIEWERS_MICROPHONE SCREENSHOT_FOLDER
import path from "node:path";
import { walk } from "./chromium.mjs";
import { Page } from "./marionette.mjs";
import { begin } from "./marks.mjs";

const [base, camera, microphone, camera2, microphone2, shots] = process.argv.slice(2);
/** How many flashes, and beeps where a browser plays them, are awaited of everybody, and for how long. */
const MARKS = 4;
const AWAITED_MS = 90_000;
const seen = {};
const media = (video, audio) => [
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${video}`,
  `--use-file-for-fake-audio-capture=${audio}`,
];
// What is not there yet, and a second interviewer, are refused by the server.
const expected = (message) => /Failed to load resource|WebSocket/.test(message.text());

/** Invites somebody on the page of the device check; the address of the invitation. */
async function invite(page, role) {
  await page.getByTestId(`role-${role}`).check();
  await page.getByTestId("invitation-make").click();
  const address = await page.getByTestId("link-address").innerText();
  await page.getByRole("button", { name: "Done" }).click();
  return address;
}

/** What was seen and heard of a video since its beginning. */
const marks = (page, name) =>
  page.evaluate((of) => ({ flashes: window[of].flashes, beeps: window[of].beeps, frames: window[of].frames }), name);
const watchMarks = (page, selector, name) => page.evaluate(`(${begin})(${JSON.stringify(selector)}, "${name}")`);
/** Whether enough was seen and heard; runs in the page. */
const enough = ([name, marks]) => {
  const { flashes, beeps, context } = window[name];
  return flashes.length >= marks && (context.state !== "running" || beeps.length >= marks);
};
const interviewerPlays = () => {
  const video = document.querySelector("[data-testid=interviewer-video]");
  return video?.srcObject && video.videoWidth > 0;
};
const untilEnough = (page, name) => page.waitForFunction(enough, [name, MARKS], { timeout: AWAITED_MS });

/** The observer's Firefox, or null where it does not start. */
async function observe(address) {
  // As in the Chromiums: a script's click is no gesture of a person, without which a page is silent.
  const page = await Page.open({ "media.autoplay.default": 0, "media.autoplay.block-webaudio": false });
  await page.goto(address);
  await page.until(`return document.querySelector("[data-testid=join]")`);
  await page.shot(path.join(shots, "room-observer-invitation.png"));
  await page.run(`document.querySelector("[data-testid=join]").click()`);
  return page;
}

let firefox = null;
await walk(
  { seen, shots, prefix: "room-", permissions: ["camera", "microphone"], args: media(camera, microphone), expected },
  async ({ page, by, shot, another, go }) => {
    go("the candidate chooses and invites");
    await page.goto(base);
    for (const n of [0, 1, 2]) await by("choose-question").nth(n).click();
    await by("start").first().click();
    await by("consent-accept").click();
    await page.waitForFunction(() => document.querySelector("[data-testid=invite]")?.disabled === false);
    await by("invite").click();
    await by("invitation-make").waitFor();
    await shot("1-invite");
    const address = await invite(page, "interviewer");
    const watching = await invite(page, "observer");
    await shot("2-invited");
    seen.page = new URL(address).pathname + new URL(address).search;
    await page.getByRole("button", { name: "Close", exact: true }).click();
    seen.echo = await page.evaluate(() => {
      const track = document.querySelector("video").srcObject.getAudioTracks()[0];
      return track.getSettings().echoCancellation;
    });

    go("the interviewer opens the invitation");
    const ira = await another(media(camera2, microphone2));
    const hers = (id) => ira.getByTestId(id);
    const herShot = (name) => ira.screenshot({ path: path.join(shots, `room-${name}.png`), fullPage: true });
    await ira.goto(address);
    await ira.getByLabel(/^Your name/).fill("Ira");
    await ira.waitForFunction(() => document.querySelector("[data-testid=join]")?.disabled === false);
    await herShot("3-lobby");
    await hers("join").click();
    await hers("call").waitFor();
    seen.waits = await hers("call-status").innerText();
    await herShot("4-waiting");

    go("the observer opens the other one");
    firefox = await observe(watching).catch((error) => {
      seen.firefox = String(error);
      return null;
    });

    go("the candidate begins");
    await by("device-ok").click();
    await page.waitForSelector("[data-testid=arena][data-state=live]", { timeout: 60_000 });
    seen.session = await by("arena").getAttribute("data-session");
    await ira.waitForSelector("[data-testid=call][data-state=live]", { timeout: 60_000 });
    await page.waitForSelector("[data-testid=interviewer][data-there=true]");
    await page.waitForFunction(interviewerPlays);
    await ira.waitForFunction(() => document.querySelector("[data-testid=watch-video]")?.videoWidth > 0);

    go("they see and hear each other");
    await watchMarks(page, "[data-testid=interviewer-video]", "marks");
    await watchMarks(ira, "[data-testid=watch-video]", "marks");
    if (firefox) {
      await firefox.until(`return document.querySelector("[data-testid=watch-video]")?.videoWidth > 0`, { ms: 60_000 });
      await firefox.until(`return document.querySelector("[data-testid=interviewer-video]")?.videoWidth > 0`, {
        ms: 60_000,
      });
      await firefox.run(
        `(${begin})("[data-testid=watch-video]", "candidate"); (${begin})("[data-testid=interviewer-video]", "interviewer");`,
      );
    }
    await untilEnough(page, "marks");
    await untilEnough(ira, "marks");
    for (const of of firefox ? ["candidate", "interviewer"] : [])
      await firefox.until(`return (${enough})(["${of}", ${MARKS}])`, { ms: AWAITED_MS });
    await shot("5-arena");
    await herShot("6-call");
    seen.candidate_sees = await marks(page, "marks");
    seen.interviewer_sees = await marks(ira, "marks");
    seen.named = await by("interviewer").innerText();
    seen.watched = await by("watched").innerText();
    if (firefox) {
      await firefox.shot(path.join(shots, "room-7-observer.png"));
      for (const of of ["candidate", "interviewer"]) {
        seen[`observer_sees_${of}`] = JSON.parse(
          await firefox.run(`
          const { flashes, beeps, frames, context } = window.${of};
          return JSON.stringify({ flashes, beeps, frames, plays: context.state === "running" });`),
        );
      }
    }
    await ira.setViewportSize({ width: 390, height: 844 });
    await herShot("8-phone");
    await ira.setViewportSize({ width: 1280, height: 860 });

    go("a second interviewer is refused");
    const ina = await another(media(camera2, microphone2));
    await ina.goto(address);
    await ina.getByLabel(/^Your name/).fill("Ina");
    await ina.getByTestId("join").click();
    await ina.getByTestId("error").waitFor();
    seen.refused = await ina.getByTestId("error").innerText();
    await ina.screenshot({ path: path.join(shots, "room-9-refused.png") });
    await ina.close();

    go("the interviewer leaves and comes back");
    await hers("leave").click();
    await page.waitForSelector("[data-testid=interviewer][data-there=false]");
    seen.alone = await by("arena").getAttribute("data-state");
    await ira.getByRole("button", { name: "Join again" }).click();
    await ira.waitForFunction(() => document.querySelector("[data-testid=join]")?.disabled === false);
    await hers("join").click();
    await page.waitForSelector("[data-testid=interviewer][data-there=true]");
    await page.waitForFunction(interviewerPlays);
    await watchMarks(page, "[data-testid=interviewer-video]", "again");
    await untilEnough(page, "again");
    seen.candidate_sees_again = await marks(page, "again");

    go("the candidate ends it");
    for (let n = 0; n < 2; n++) await by("next-question").click();
    await by("stop").click();
    await ira.getByText("The interview is over").first().waitFor();
    await herShot("10-over");
    if (firefox)
      await firefox.until(`return document.body.innerText.includes("The interview is over")`, { ms: 30_000 });
    await by("score-value-confidence").first().waitFor({ timeout: 120_000 });
    await shot("11-report", { fullPage: true });
    seen.played = await page.evaluate(
      (id) => fetch(`/api/sessions/${id}/recording`).then((answer) => answer.json()),
      seen.session,
    );
  },
).finally(() => firefox?.close());
