// What is said about how long sessions are kept, and what a choice sends.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { olderThan } from "./all-sessions";
import { Keeping } from "./keeping";

function show(retention: { days: number | null; own: number | null; server: number | null }, sent: unknown[] = []) {
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.url.includes("/api/sessions")) {
      return new Response(JSON.stringify({ sessions, next: null }), {
        headers: { "content-type": "application/json" },
      });
    }
    let now = retention;
    if (request.method === "PUT") {
      const body = (await request.json()) as { retention_days: number | null };
      sent.push(body);
      now = { ...retention, own: body.retention_days, days: body.retention_days ?? retention.server };
    }
    return new Response(JSON.stringify({ retention: now }), { headers: { "content-type": "application/json" } });
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Keeping />
    </QueryClientProvider>,
  );
}
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});
afterEach(cleanup);

const DAY_US = 86_400_000_000;
const sessions = [1, 10, 40, 50].map((age, i) => ({
  id: `s${i}`,
  state: "ready",
  source: "live",
  created_us: Date.now() * 1000 - age * DAY_US,
  questions: [{ id: "q", text: `Question ${age} days ago` }],
  gold: age === 50,
}));

describe("how long sessions are kept", () => {
  it("changes nothing before one has seen what would be deleted", async () => {
    const sent: unknown[] = [];
    show({ days: null, own: null, server: null }, sent);
    await userEvent.click(await screen.findByText("Change"));
    await userEvent.click(screen.getByLabelText("For 30 days"));
    const preview = await screen.findByTestId("preview");
    expect(preview.textContent).toContain("2 of your 4 sessions are older");
    expect(preview.textContent).toContain("Question 40 days ago");
    expect(preview.textContent).toContain("One of them is a reference");
    expect(sent).toEqual([]);
    await userEvent.click(screen.getByText("Keep as it is"));
    expect(sent).toEqual([]);
  });

  it("is set by a second press, and then shown", async () => {
    const sent: unknown[] = [];
    show({ days: null, own: null, server: null }, sent);
    await userEvent.click(await screen.findByText("Change"));
    await userEvent.click(screen.getByLabelText("For 7 days"));
    await screen.findByTestId("preview");
    await userEvent.click(screen.getByTestId("keep-confirm"));
    await screen.findByText(/deleted 7 days after they were made/);
    expect(sent).toEqual([{ retention_days: 7 }]);
  });

  it("offers only what is shorter than the server's own limit", async () => {
    show({ days: 60, own: null, server: 60 });
    await userEvent.click(await screen.findByText("Change"));
    expect(screen.getAllByRole("radio", { hidden: true }).map((x) => x.parentElement?.textContent)).toEqual([
      "As long as this server does: 60 days",
      "For 7 days",
      "For 30 days",
    ]);
  });

  it("knows which sessions are older than so many days", () => {
    expect(olderThan(sessions as unknown as Session[], 10.5, Date.now() * 1000).map(({ id }) => id)).toEqual([
      "s2",
      "s3",
    ]);
  });
});
