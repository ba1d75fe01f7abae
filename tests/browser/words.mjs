// Reads what was said in a session: the transcript with its fillers, a caption in the replay, a word that is pressed, a search that finds
// it. Usage: node words.mjs BASE_URL SCREENSHOT_FOLDER SESSION TEXT. Prints one JSON object with what it saw.
import { pressWord, untilPlayable, walk } from "./chromium.mjs";

const [base, shots, session, text] = process.argv.slice(2);
const seen = {};

await walk(
  { seen, shots, prefix: "words-", args: ["--autoplay-policy=no-user-gesture-required"] },
  async ({ page, by, shot, go }) => {
    go("transcript");
    await page.goto(`${base}/sessions/${session}`);
    await by("transcript").waitFor();
    await untilPlayable(page);
    const words = by("transcript").locator("[data-at]");
    seen.words = await words.allInnerTexts();
    seen.fillers = await by("transcript").locator("[data-at].underline").allInnerTexts();

    go("press a word");
    seen.word = await pressWord(page, words.nth(Math.floor(seen.words.length / 2)));

    go("caption");
    await by("caption").waitFor();
    seen.caption = await by("caption").innerText();
    await page
      .locator("video")
      .first()
      .evaluate((video) => video.pause());
    await shot("report");

    go("correct");
    const first = by("transcript").locator("li").first();
    await first.focus();
    await page.keyboard.press("e");
    const field = by("correction");
    await field.waitFor();
    await shot("correcting");
    seen.heard = await field.inputValue();
    await field.fill(`${seen.heard} Indeed.`);
    await page.keyboard.press("Enter");
    await by("heard").waitFor();
    // The report follows: its words have times again.
    const corrected = first.locator("[data-at]");
    await corrected.last().filter({ hasText: "Indeed." }).waitFor();
    seen.corrected = (await corrected.allInnerTexts()).join(" ");
    seen.as_heard = await by("heard").innerText();
    await shot("corrected");
    await by("heard").getByRole("button").click();
    await by("heard").waitFor({ state: "detached" });
    await page.waitForFunction(
      () => !document.querySelector("[data-testid=transcript]").textContent.includes("Indeed."),
    );
    seen.undone = (await corrected.allInnerTexts()).join(" ");

    go("search");
    await page.goto(`${base}/history`);
    await page.locator("input[type=search]").first().fill(text);
    const found = by("said").locator("a").first();
    await found.waitFor();
    seen.found = await found.innerText();
    await shot("search");
    await found.click();
    await page.waitForURL(/\/sessions\/.*[?&]at=/);
    seen.found_at_ms = Number(new URL(page.url()).searchParams.get("at"));
  },
);
