// Choosing with mouse and keyboard, and where the start leads.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { Home } from "./home";

const question = (id: string, family: string) => ({
  id,
  family,
  text: `Question ${id}${id}`,
  suggested_ms: 90_000,
  tip: "A tip",
});
const questions = [..."abcdef"].map((id) => question(id, "failure"));
let consent: unknown = null;
let fail = false;

function show() {
  const location = memoryLocation({ path: "/", record: true });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Router hook={location.hook}>
        <Home />
      </Router>
    </QueryClientProvider>,
  );
  return location;
}

beforeEach(() => {
  consent = null;
  fail = false;
  sessionStorage.clear();
  vi.stubGlobal("fetch", (path: string | Request) => {
    const url = typeof path === "string" ? path : path.url;
    if (fail) return Promise.resolve(new Response("<html>", { status: 502 }));
    const body = url.includes("/api/me")
      ? { consent, consent_version: "1", models: { face: "lite", voice_activity: "silero" }, hints: [] }
      : { questions };
    return Promise.resolve(new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } }));
  });
});
afterEach(cleanup);

describe("the choice of questions", () => {
  it("numbers what is chosen, takes no sixth, and starts with the consent", async () => {
    const location = show();
    const rows = await screen.findAllByTestId("choose-question");
    for (const row of rows) await userEvent.click(row);
    expect(rows.map((row) => row.getAttribute("aria-pressed"))).toEqual([
      "true",
      "true",
      "true",
      "true",
      "true",
      "false",
    ]);
    await userEvent.click(screen.getByTestId("start"));
    expect(location.history?.at(-1)).toBe("/consent?q=a,b,c,d,e");
  });

  it("goes straight to the device check once the text in force was accepted", async () => {
    consent = { version: "1", accepted_us: 1 };
    const location = show();
    await userEvent.click((await screen.findAllByTestId("choose-question"))[1] as HTMLElement);
    await screen.findByText(/small face model/);
    await userEvent.click(screen.getByTestId("start"));
    expect(location.history?.at(-1)).toBe("/check?q=b");
  });

  it("works by keyboard alone: arrows move, space chooses, a slash searches", async () => {
    show();
    const rows = await screen.findAllByTestId("choose-question");
    rows[0]?.focus();
    await userEvent.keyboard("{ArrowDown}{ArrowDown} ");
    expect(document.activeElement).toBe(rows[2]);
    expect(rows[2]?.getAttribute("aria-pressed")).toBe("true");
    await userEvent.keyboard("/question ff");
    expect(screen.getAllByTestId("choose-question").length).toBe(1);
    await userEvent.keyboard(" nonsense");
    expect(screen.getByTestId("empty")).toBeTruthy();
  });

  it("begins with one question for who chooses nothing", async () => {
    const location = show();
    await userEvent.click(await screen.findByTestId("start-recommended"));
    expect(location.history?.at(-1)).toBe("/consent?q=a");
  });

  it("is one tab stop, and keeps what was chosen in the address", async () => {
    const location = show();
    const rows = await screen.findAllByTestId("choose-question");
    expect(rows.filter((row) => row.tabIndex === 0)).toHaveLength(1);
    await userEvent.click(rows[1] as HTMLElement);
    expect(location.history?.at(-1)).toBe("/?q=b");
    cleanup();
    show();
    expect((await screen.findAllByTestId("choose-question"))[1]?.getAttribute("aria-pressed")).toBe("true");
  });

  it("says what to do when the server cannot answer", async () => {
    fail = true;
    show();
    expect((await screen.findByTestId("error")).textContent).toContain("Try again");
  });
});
