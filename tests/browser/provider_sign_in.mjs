// Signing in at an OpenID Connect provider and out again, in the pages of both. Prints one JSON object with what it saw.
// Usage: node provider_sign_in.mjs BASE_URL PORT_OF_THE_PROVIDER SCREENSHOT_FOLDER
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { walk } from "./chromium.mjs";
import { ask } from "./people.mjs";

const [address, port, shots] = process.argv.slice(2);
// As the server calls itself where it is told no other name.
const base = address.replace("127.0.0.1", "localhost");
const seen = {};
// Whoever is not signed in is answered 401.
const expected = (message) => /Failed to load resource/.test(message.text());

const script = new URL("provider.mjs", import.meta.url).pathname;
const provider = spawn(process.execPath, [script, base, port], { stdio: ["pipe", "pipe", "inherit"] });
for await (const line of createInterface({ input: provider.stdout })) {
  if (line.startsWith("ready ")) break;
}

/** The provider's own pages: a name with any password, then the consent to what the coach asks for. */
async function atTheProvider(page, name) {
  await page.waitForURL(/\/interaction\//);
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}

await walk({ seen, shots, prefix: "provider-", expected }, async ({ page, by, shot, another, go }) => {
  go("not signed in");
  await page.goto(`${base}/history`);
  await page.waitForURL(/sign-in/);
  const way = page.getByRole("link", { name: /the university/ });
  await way.waitFor();
  seen.passwords = await page.getByLabel("Password", { exact: true }).count();
  await shot("sign-in");

  go("signing in");
  await way.click();
  await page.waitForURL(/\/interaction\//);
  await shot("at-the-provider");
  await atTheProvider(page, "ada");
  await page.waitForURL(`${base}/history`);
  seen.who = await by("who").innerText();
  await shot("signed-in");

  go("somebody else's answer of the provider");
  const other = await another();
  await other.goto(`${base}/auth/callback?code=x&state=y`);
  await other.waitForURL(/sign-in/);
  seen.forged = new URL(other.url()).searchParams.get("problem");
  await other.getByRole("alert").waitFor();
  seen.forged_status = (await ask(other, "GET", "/api/me")).status;
  await other.screenshot({ path: `${shots}/provider-refused.png` });

  go("cancelled at the provider");
  await other.getByRole("link", { name: /the university/ }).click();
  await other.waitForURL(/\/interaction\//);
  await other.getByRole("link", { name: /Cancel/ }).click();
  await other.waitForURL(/sign-in/);
  seen.cancelled = new URL(other.url()).searchParams.get("problem");

  go("signing out");
  await by("sign-out").click();
  await page.waitForURL(new RegExp(`:${port}/`));
  await page.getByRole("button", { name: /Yes, sign me out/ }).click();
  await page.waitForURL(/sign-in/);
  seen.after_sign_out = (await ask(page, "GET", "/api/me")).status;
  await page.goto(`${base}/sign-in`);
  await way.click();
  await page.waitForURL(/\/interaction\//);
  seen.asked_again = await page.locator("input[name=login]").count();
});
provider.stdin.end();
