// What people do to come in, in the pages.

export const password = "a long enough password";

/** Sets a password by the link of an invitation. */
export async function invited(page, link) {
  await page.goto(link);
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("Once more").fill(password);
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByRole("link", { name: "Sign in", exact: true }).click();
}

export async function signIn(page, name, word) {
  await page.getByLabel("E-mail address").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(word);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** A request of the page, with its cookie. */
export const ask = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const init = body
        ? { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } }
        : { method };
      const answer = await fetch(path, init);
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
    [method, path, body],
  );
