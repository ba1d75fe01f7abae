// Questions of one's own and a set of them, by keyboard alone; a session of the set; somebody else copies it by its link.
// Prints one JSON object with what both saw. Usage: node questions.mjs BASE_URL ADAS_LINK BOBS_LINK SCREENSHOT_FOLDER
import { ask, invited, password, signIn } from "./people.mjs";
import { walk } from "./chromium.mjs";

const [, adas, bobs, shots] = process.argv.slice(2);
const seen = {};
// Whoever is not signed in is answered 401, and a link that has ended 404.
const expected = (message) => /Failed to load resource/.test(message.text());

await walk({ seen, shots, prefix: "questions-", expected }, async ({ page, by, shot, another, go }) => {
  const rows = () => by("choose-question");
  /** The keyboard alone: no mouse touches the page of whoever writes. */
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focus = (locator) => locator.focus();

  go("the first person comes in");
  await invited(page, adas);
  await signIn(page, "ada@uni.test", password);
  await rows().first().waitFor();
  seen.first = await by("recommended").innerText();
  seen.classics = await rows().count();

  go("writes a question");
  await page.locator("body").press("n");
  await page.getByLabel("The question, as it is asked").waitFor();
  await page.keyboard.type("Why do you want to keep a lighthouse?");
  await press("Tab");
  await page.keyboard.type("Pres");
  await press("Tab");
  await page.keyboard.type("3");
  await press("Tab");
  await page.keyboard.type("Lighthouse keeper");
  await shot("1-write");
  await press("Enter");
  const own = page.locator("[data-question^=own-]");
  await own.first().waitFor();
  seen.own = await own.first().innerText();
  await shot("2-written");

  go("changes it");
  await focus(own.first());
  await press("e");
  await page.getByLabel("The question, as it is asked").waitFor();
  await press("Control+a");
  await page.keyboard.type("Why a lighthouse?");
  await focus(by("save-question"));
  await press("Enter");
  await own.getByText("Why a lighthouse?").waitFor();

  go("chooses three and keeps them as a set");
  await focus(own.first());
  await press("Space", "ArrowDown", "Space", "ArrowDown", "Space");
  await shot("3-chosen");
  await focus(by("save-set"));
  await press("Enter");
  await page.getByLabel("Name of the set").waitFor();
  await page.keyboard.type("The keepers' board");
  const items = by("set-questions").locator("li");
  seen.before = await items.allInnerTexts();
  await focus(items.first().getByRole("button", { name: /^Move down/ }));
  await press("Alt+ArrowDown", "Alt+ArrowDown");
  await page.getByText("Now 3 of 3").waitFor({ state: "attached" });
  seen.after = await items.allInnerTexts();
  await shot("4-order");
  await focus(by("save-set-confirm"));
  await press("Enter");
  await by("choose-set").waitFor();
  seen.set = await by("choose-set").innerText();
  await page.reload();
  await by("choose-set").waitFor();

  go("a session of the set");
  await focus(by("choose-set"));
  await press("Enter");
  await page.waitForURL(/\?q=/);
  const ids = new URL(page.url()).searchParams.get("q").split(",");
  seen.chosen = ids.map((id) => (id.startsWith("own-") ? "own" : id));
  await shot("5-set");
  await page.setViewportSize({ width: 390, height: 844 });
  await shot("6-phone", { fullPage: true });
  await page.setViewportSize({ width: 1280, height: 860 });
  const me = await ask(page, "GET", "/api/me");
  await ask(page, "POST", "/api/consents", { version: me.body.consent_version });
  const session = await ask(page, "POST", "/api/sessions", { questions: ids });
  seen.session = session.body.questions?.map(({ text }) => text);

  go("a link to the set");
  await focus(page.getByRole("button", { name: "Share: The keepers' board" }));
  await press("Enter");
  await focus(by("set-link-make"));
  await press("Enter");
  const address = await by("link-address").innerText();
  seen.secret_in_fragment = new URL(address).pathname + new URL(address).search;
  await shot("7-share");
  await press("Escape");

  go("the other person takes a copy");
  const bob = await another();
  const sent = [];
  bob.on("request", (request) => sent.push(request.url()));
  await invited(bob, bobs);
  await bob.goto(address);
  await bob.getByLabel("Password", { exact: true }).waitFor();
  await signIn(bob, "bob@uni.test", password);
  await bob.getByTestId("shared-set").waitFor();
  seen.shown = await bob.getByTestId("shared-set").innerText();
  await bob.screenshot({ path: `${shots}/questions-8-shown.png` });
  await bob.getByTestId("copy-set").press("Enter");
  await bob.getByText("It is among your sets now.").waitFor();
  await bob.getByRole("link", { name: "Practise", exact: true }).last().press("Enter");
  await bob.getByTestId("choose-set").waitFor();
  seen.copied = await bob.getByTestId("choose-set").innerText();
  seen.sent_secret = sent.filter((url) => url.includes(new URL(address).hash.slice(1))).length;
  await bob.screenshot({ path: `${shots}/questions-9-copied.png` });

  go("ends the link, deletes question and set");
  await focus(page.getByRole("button", { name: "Share: The keepers' board" }));
  await press("Enter");
  await by("set-links").getByText("1 copy").waitFor();
  seen.copies = await by("set-links").innerText();
  await focus(page.getByRole("button", { name: "End link" }));
  await press("Enter");
  await by("set-links").waitFor({ state: "detached" });
  await press("Escape");
  await bob.goto(address);
  await bob.reload();
  await bob.getByText("This link shows nothing any more").waitFor();
  await focus(own.first());
  await press("e");
  await focus(by("delete"));
  await press("Enter", "Enter");
  await own.first().waitFor({ state: "detached" });
  seen.left = await by("choose-set").innerText();
  await focus(page.getByRole("button", { name: "Change: The keepers' board" }));
  await press("Enter");
  await focus(by("delete"));
  await press("Enter", "Enter");
  await by("choose-set").waitFor({ state: "detached" });
  await bob.goto(new URL("/", address).href);
  await bob.getByTestId("choose-set").waitFor();
  seen.kept = await bob.getByTestId("choose-set").innerText();
});
