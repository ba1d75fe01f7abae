// A session shown by a link to somebody without an account, in a browser of their own: opened with a passphrase, commented on, ended.
// Prints one JSON object with what both saw. Usage: node guests.mjs BASE_URL ADAS_LINK FILE SCREENSHOT_FOLDER
import { untilPlayable, walk } from "./chromium.mjs";
import { invited, password, signIn } from "./people.mjs";

const [base, adas, file, shots] = process.argv.slice(2);
const ANALYSIS_MS = 5 * 60_000;
const seen = {};
// A passphrase that is wrong, and a link that has ended, are answers of the server.
const expected = (message) => /Failed to load resource/.test(message.text());
const args = ["--autoplay-policy=no-user-gesture-required"];

await walk({ seen, shots, prefix: "guests-", expected, args }, async ({ page, by, shot, another, go }) => {
  const gus = await another();
  const his = (id) => gus.getByTestId(id);
  const hisShot = (name, options = {}) => gus.screenshot({ path: `${shots}/guests-${name}.png`, ...options });

  go("the owner answers a question");
  await invited(page, adas);
  await signIn(page, "ada@uni.test", password);
  await by("choose-question").first().click();
  await by("to-upload").click();
  await by("consent-accept").click();
  await by("file").setInputFiles(file);
  await by("score-value-confidence").first().waitFor({ timeout: ANALYSIS_MS });

  go("makes a link");
  await by("share").click();
  await shot("1-share");
  await page.getByLabel("For whom").fill("Prof. Gus");
  await page.getByLabel(/^Passphrase/).fill("blue heron");
  await by("link-make").click();
  const address = await by("link-address").innerText();
  await shot("2-link");
  seen.secret_in_fragment = new URL(address).pathname + new URL(address).search;
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Close", exact: true }).click();

  go("the guest opens it");
  const sent = [];
  gus.on("request", (request) => sent.push(request.url()));
  await gus.goto(address);
  await gus.getByLabel("Passphrase").fill("blue herring");
  await gus.getByRole("button", { name: "Open" }).click();
  await gus.waitForFunction(() => document.querySelector("[data-testid=passphrase-problem]").textContent !== "");
  seen.wrong = await his("passphrase-problem").innerText();
  await hisShot("3-passphrase");
  await gus.getByLabel("Passphrase").fill("blue heron");
  await gus.getByRole("button", { name: "Open" }).click();
  await his("guest").waitFor();
  seen.title = await gus.title();
  seen.plays_s = await untilPlayable(gus);
  seen.scores = await gus.getByRole("region", { name: "Scores" }).count();
  seen.sent_secret = sent.filter((url) => url.includes(new URL(address).hash.slice(1))).length;
  await hisShot("4-guest", { fullPage: true });

  go("comments at a moment");
  await gus.locator("video").evaluate((video) => {
    video.muted = true;
    video.currentTime = 6;
  });
  await gus.waitForFunction(() => !document.querySelector("video").seeking);
  await gus.getByLabel("Your name").fill("Gus");
  await gus.getByLabel("Your comment").fill("One breath here, before you say what went wrong.");
  seen.about = await his("comment-place").innerText();
  await gus.getByRole("button", { name: "Comment", exact: true }).click();
  await his("comment").waitFor();
  await hisShot("5-comment", { fullPage: true });
  await gus.setViewportSize({ width: 390, height: 844 });
  await hisShot("6-phone", { fullPage: true });
  await gus.setViewportSize({ width: 1280, height: 860 });

  go("the owner reads it");
  await page.reload();
  const comment = by("comment").first();
  await comment.waitFor();
  seen.comment = await comment.innerText();
  seen.marked = await by("scrubber-marks").first().locator("svg").count();
  await comment.getByRole("button", { name: /^Play from/ }).click();
  await page.waitForFunction(() => document.querySelector("video").currentTime > 3.5);
  seen.played_at_s = await page
    .locator("video")
    .first()
    .evaluate((video) => video.currentTime);
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByLabel("Your reply").fill("Thank you, I will.");
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await by("comment").nth(1).waitFor();
  await by("comments").scrollIntoViewIfNeeded();
  await shot("7-replied");
  await by("share").click();
  await by("link").locator("summary").click();
  seen.visits = await by("visits").innerText();
  await shot("8-who-looked");

  go("the guest deletes what was replied to");
  await gus.reload();
  await his("comment").nth(1).waitFor();
  await his("comment").first().getByRole("button", { name: "Delete" }).click();
  await gus.getByText("This comment was deleted.").waitFor();
  seen.left = await his("comment").nth(1).innerText();
  await hisShot("9-deleted", { fullPage: true });
  const link = sent.map((url) => new RegExp("/api/guest/([^/]+)/recording$").exec(url)?.[1]).find(Boolean);
  const recording = await gus.evaluate(
    (path) => fetch(path).then((answer) => answer.json()),
    `/api/guest/${link}/recording`,
  );

  go("the owner ends the link");
  await page.getByRole("button", { name: "End link" }).click();
  await by("link").getByText("Has ended").waitFor();
  await shot("10-ended");
  const before = sent.length;
  seen.after = await gus.evaluate(
    async (paths) => Promise.all(paths.map((path) => fetch(path).then((answer) => answer.status))),
    ["", "/recording", "/transcript", "/report", "/comments"].map((below) => `/api/guest/${link}${below}`),
  );
  seen.asked_after = sent.length - before;
  // The address that was handed out before is good for half a minute.
  seen.recording_after = await gus.evaluate(async ({ url, expires_us }) => {
    for (;;) {
      const asked = Date.now();
      const answer = await fetch(url, { headers: { range: "bytes=0-99" }, cache: "no-store" });
      await answer.arrayBuffer();
      if (!answer.ok) return answer.status;
      if (asked > expires_us / 1000 + 2000) return `${answer.status} after its end`;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }, recording);
  await gus.reload();
  await gus.getByText("This link shows nothing any more").waitFor();
  seen.videos_after = await gus.locator("video").count();
  await hisShot("11-over");
});
