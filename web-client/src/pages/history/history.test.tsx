// The history: what it says with nothing or little in it, and its keys.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import History from "./history";
import { withoutChanges } from "./trends";

afterEach(cleanup);
beforeEach(() => vi.stubGlobal("scrollTo", () => undefined));

const question = (id: string, text: string) => ({ id, text, family: "motivation", suggested_ms: 90_000, tip: "" });
const made = (i: number) => ({
  id: `s${i}`,
  state: "ready",
  source: "live",
  created_us: 1_700_000_000_000_000 + i,
  started_us: null,
  duration_ms: 60_000,
  questions: [question(`q${i % 2}`, `Question ${i % 2}`)],
  scores: { confidence: 70, clarity: 60, resilience: null, engagement: 50 },
  answers: [],
  gold: false,
  failure: null,
});

function show(
  sessions: ReturnType<typeof made>[],
  bank = [question("motivation-yourself", "Tell me about yourself.")],
) {
  const points = sessions.map(({ id, created_us, scores }) => ({
    session_id: id,
    at_us: created_us,
    scores,
    metrics: {},
  }));
  const answers: Record<string, unknown> = {
    "/api/sessions": { sessions, next: null },
    "/api/trends": { points, trends: [] },
    "/api/questions": { questions: bank },
  };
  vi.stubGlobal("fetch", (request: Request) => {
    const body = answers[new URL(request.url).pathname] ?? {};
    return Promise.resolve(new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } }));
  });
  const location = memoryLocation({ path: "/history", record: true });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Router hook={location.hook}>
        <History />
      </Router>
    </QueryClientProvider>,
  );
  return location;
}

const rows = () => screen.findAllByTestId("history-row");
const focused = () => document.activeElement?.closest<HTMLElement>("[data-session]")?.dataset.session;

describe("an empty history", () => {
  it("offers the question to begin with", async () => {
    const location = show([]);
    const first = await screen.findByTestId("first-question");
    expect(first.textContent).toBe("Begin with “Tell me about yourself.”");
    await userEvent.click(first);
    expect(location.history.at(-1)).toBe("/check?q=motivation-yourself");
  });

  it("leads to all questions where the bank has another beginning", async () => {
    show([], [question("other", "Another one")]);
    expect((await screen.findByText("Choose a question")).getAttribute("href")).toBe("/");
    expect(screen.queryByTestId("first-question")).toBeNull();
  });
});

describe("what changed", () => {
  it("says how many sessions it takes, and when nothing changed", async () => {
    show([made(1)]);
    expect((await screen.findByTestId("trends")).textContent).toBe(
      "After 2 more sessions with scores, you see here what changed.",
    );
    expect(withoutChanges(2)).toBe("After one more session with scores, you see here what changed.");
    expect(withoutChanges(7)).toBe("Nothing changed noticeably over your 7 sessions with scores.");
  });
});

describe("the keys of the history", () => {
  it("go from session to session, choose, and clear the choice", async () => {
    show([made(1), made(2), made(3)]);
    await rows();
    await userEvent.keyboard("/");
    expect(document.activeElement?.getAttribute("type")).toBe("search");
    await userEvent.keyboard("{ArrowDown}");
    expect(focused()).toBe("s1");
    await userEvent.keyboard("x{ArrowDown}x");
    expect(focused()).toBe("s3");
    expect(screen.getByRole("status").textContent).toBe("2 chosen");
    await userEvent.keyboard("{ArrowUp}{ArrowUp}");
    expect(focused()).toBe("s1");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByText("2 chosen")).toBeNull());
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}");
    expect(focused()).toBe("s2");
  });

  it("open the session that has the focus", async () => {
    const location = show([made(1), made(2)]);
    await rows();
    await userEvent.keyboard("/{ArrowDown}{Enter}");
    expect(location.history.at(-1)).toBe("/sessions/s1");
  });

  it("leave letters to the search", async () => {
    show([made(1)]);
    await rows();
    await userEvent.keyboard("/x");
    expect((document.activeElement as HTMLInputElement).value).toBe("x");
    expect(screen.queryByTestId("delete-chosen")).toBeNull();
  });
});
