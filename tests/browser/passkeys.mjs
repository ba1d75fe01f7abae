// A passkey in Chromium's virtual authenticator: made, signed in by alone, asked for after a password, removed, forged.
// Prints one JSON object with what the browser saw. Usage: node passkeys.mjs BASE_URL ADAS_LINK SCREENSHOT_FOLDER
import { walk } from "./chromium.mjs";
import { ask, invited, password, signIn } from "./people.mjs";

const [given, link, shots] = process.argv.slice(2);
// Browsers have no passkeys for an address that is a number.
const here = (address) => address.replace("127.0.0.1", "localhost");
const base = here(given);
const seen = {};
const expected = (message) => /Failed to load resource/.test(message.text());

await walk({ seen, shots, prefix: "passkeys-", expected }, async ({ page, context, by, shot, go }) => {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const device = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true };
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { ...device, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const credentials = () =>
    cdp.send("WebAuthn.getCredentials", { authenticatorId }).then((answer) => answer.credentials);
  const verified = (isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  const out = async () => {
    await by("sign-out").click();
    await page.waitForURL(/sign-in/);
  };
  const withPasskey = () => page.getByRole("button", { name: "Sign in with a passkey" }).click();

  go("makes a passkey");
  await invited(page, here(link));
  await signIn(page, "ada@uni.test", password);
  await by("who").waitFor();
  await page.goto(`${base}/settings`);
  await page.getByRole("button", { name: "New passkey" }).click();
  await page.getByLabel(/^Name it/).fill("Laptop");
  await by("passkey-make").click();
  await by("passkeys").getByText("Laptop", { exact: true }).waitFor();
  await by("passkeys").scrollIntoViewIfNeeded();
  await shot("1-made");
  const [made] = await credentials();
  seen.made = { resident: made.isResidentCredential, rp: made.rpId, count: (await credentials()).length };
  await page.getByRole("button", { name: "New passkey" }).click();
  await page.getByLabel(/^Name it/).fill("Again");
  await by("passkey-make").click();
  seen.twice = await page.getByRole("alert").first().innerText();
  await page.getByRole("button", { name: "Cancel" }).click();

  go("signs in by it alone");
  await out();
  await by("sign-in-passkey").waitFor();
  await shot("2-sign-in");
  await withPasskey();
  await by("who").waitFor();
  seen.alone = await by("who").innerText();

  go("is asked for it after the password");
  await out();
  await verified(false);
  await signIn(page, "ada@uni.test", password);
  await by("sign-in-problem").waitFor();
  seen.password_alone = (await ask(page, "GET", "/api/me")).status;
  seen.unverified = await by("sign-in-problem").innerText();
  await shot("3-second-step");
  await verified(true);
  await page.goto(`${base}/sign-in`);
  await signIn(page, "ada@uni.test", "not the password");
  await by("sign-in-problem").waitFor();
  seen.wrong = await by("sign-in-problem").innerText();
  await signIn(page, "ada@uni.test", password);
  await by("who").waitFor();
  seen.both = await by("who").innerText();

  go("an answer is good once, and for its own ceremony");
  await out();
  seen.replayed = await page.evaluate(async () => {
    const post = async (path, body) => {
      const init = { method: "POST", headers: { "content-type": "application/json" } };
      const answer = await fetch(path, body ? { ...init, body: JSON.stringify(body) } : init);
      return { status: answer.status, body: await answer.json().catch(() => null) };
    };
    const first = (await post("/api/sign-in/passkey/begin")).body;
    const second = (await post("/api/sign-in/passkey/begin")).body;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(first.options.publicKey);
    const credential = (await navigator.credentials.get({ publicKey })).toJSON();
    const swapped = await post("/api/sign-in/passkey", { ceremony: second.ceremony, credential });
    const right = await post("/api/sign-in/passkey", { ceremony: first.ceremony, credential });
    const again = await post("/api/sign-in/passkey", { ceremony: first.ceremony, credential });
    return [swapped.status, right.status, again.status];
  });

  go("removes it");
  await page.goto(`${base}/settings`);
  await by("passkeys").getByRole("button", { name: "Remove" }).click();
  await by("passkeys").getByTestId("confirm-yes").click();
  await by("passkeys").getByText("Laptop", { exact: true }).waitFor({ state: "detached" });
  await out();
  await withPasskey();
  await by("sign-in-problem").waitFor();
  seen.removed = await by("sign-in-problem").innerText();
  await signIn(page, "ada@uni.test", password);
  await by("who").waitFor();
  const log = await ask(page, "GET", "/api/audit");
  seen.log = log.body.entries.map((entry) => entry.what).filter((what) => what.startsWith("passkey"));
});
