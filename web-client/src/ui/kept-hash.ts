// The secret of a link, which stands behind # so that no server logs it. The tab keeps it over a sign-in, by the page's path.

const key = (path: string) => `coach.hash ${path}`;

/** Keeps what stands behind # in the address, for this page in this tab. */
export function keepHash(): void {
  const secret = window.location.hash.slice(1);
  if (secret === "") return;
  try {
    sessionStorage.setItem(key(window.location.pathname), secret);
  } catch {
    // Then the address alone has it.
  }
}

/** What stands behind # in the address, or did before the sign-in; "": nothing. */
export function keptHash(): string {
  keepHash();
  const secret = window.location.hash.slice(1);
  try {
    return secret || (sessionStorage.getItem(key(window.location.pathname)) ?? "");
  } catch {
    return secret;
  }
}
