// Two people on one server: invited, signed in, sharing, signed out. Prints one JSON object with what it saw.
// Usage: node accounts.mjs BASE_URL ADAS_LINK BOBS_LINK SCREENSHOT_FOLDER
import { walk } from "./chromium.mjs";
import { ask, invited, password, signIn } from "./people.mjs";

const [base, adas, bobs, shots] = process.argv.slice(2);
const seen = {};
// Whoever is not signed in, and a wrong password, is answered 401.
const expected = (message) => /Failed to load resource/.test(message.text());

await walk({ seen, shots, prefix: "accounts-", expected }, async ({ page, by, shot, go }) => {
  go("not signed in");
  await page.goto(`${base}/settings`);
  await page.waitForURL(/sign-in/);
  seen.led_to = new URL(page.url()).search;
  await page.getByLabel("Password", { exact: true }).waitFor();
  await shot("sign-in");

  go("invitation");
  await invited(page, adas);
  await signIn(page, "ada@uni.test", "not the password");
  seen.wrong = await by("sign-in-problem").innerText();
  await signIn(page, "ada@uni.test", password);
  await by("who").waitFor();
  seen.who = await by("who").innerText();
  await shot("home");

  go("settings");
  await page.goto(`${base}/settings`);
  await by("browsers").waitFor();
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("What it is for").fill("OBS");
  await page.getByRole("button", { name: /Make a token/ }).click();
  seen.token = (await by("token-secret").innerText()).length;
  await page.getByRole("button", { name: "I have copied it" }).click();
  await by("tokens").getByText("OBS", { exact: true }).waitFor();
  await shot("settings", { fullPage: true });

  go("share");
  const me = await ask(page, "GET", "/api/me");
  await ask(page, "POST", "/api/consents", { version: me.body.consent_version });
  const made = await ask(page, "POST", "/api/sessions", { questions: ["failure-own-mistake"] });
  seen.session = made.body.id;
  const here = `/api/sessions/${made.body.id}`;
  const grant = await ask(page, "POST", `${here}/grants`, { email: "bob@uni.test" });
  seen.shared = grant.status;

  go("the other person");
  await by("sign-out").click();
  await page.waitForURL(/sign-in/);
  seen.after_sign_out = (await ask(page, "GET", here)).status;
  await invited(page, bobs);
  await signIn(page, "bob@uni.test", password);
  await by("who").waitFor();
  await page.getByRole("link", { name: "Shared" }).click();
  await by("shared").getByText("Ada").waitFor();
  await shot("shared");
  seen.sees = (await ask(page, "GET", here)).status;
  seen.exports = (await ask(page, "GET", `${here}/export`)).status;
  seen.deletes = (await ask(page, "DELETE", here)).status;

  go("revoked");
  await by("sign-out").click();
  await page.waitForURL(/sign-in/);
  await signIn(page, "ada@uni.test", password);
  await by("who").waitFor();
  seen.revoked = (await ask(page, "DELETE", `${here}/grants/${grant.body.id}`)).status;
  const log = await ask(page, "GET", "/api/audit");
  seen.log = log.body.entries.map((entry) => entry.what);
  await by("sign-out").click();
  await page.waitForURL(/sign-in/);
  await signIn(page, "bob@uni.test", password);
  await by("who").waitFor();
  seen.sees_after = (await ask(page, "GET", here)).status;
});
