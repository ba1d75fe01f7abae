// What is said about how long sessions are kept, and what a choice sends.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Keeping } from "./keeping";

function show(
  retention: { days: number | null; own: number | null; server: number | null; from_us?: number | null },
  sent: unknown[] = [],
) {
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.url.includes("/api/me/retention")) {
      return new Response(JSON.stringify(preview), { headers: { "content-type": "application/json" } });
    }
    let now = { from_us: null, ...retention };
    if (request.method === "PUT") {
      const body = (await request.json()) as { retention_days: number | null };
      sent.push(body);
      now = { ...now, own: body.retention_days, days: body.retention_days ?? retention.server };
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

const preview = {
  at_us: Date.UTC(2026, 11, 4, 9, 30) * 1000,
  sessions: 108,
  references: 1,
  oldest: [{ id: "a", created_us: Date.UTC(2026, 9, 1) * 1000, question: "Tell me about yourself." }],
};

describe("how long sessions are kept", () => {
  it("changes nothing before one has seen what would be deleted", async () => {
    const sent: unknown[] = [];
    show({ days: null, own: null, server: null }, sent);
    await userEvent.click(await screen.findByText("Change"));
    await userEvent.click(screen.getByLabelText("For 30 days"));
    const shown = await screen.findByTestId("preview");
    expect(shown.textContent).toMatch(/^108 sessions would go on Friday, 4 December, after \d\d:\d\d, recordings too/);
    expect(shown.textContent).toContain("Tell me about yourself.");
    expect(shown.textContent).toContain("and 107 more");
    expect(shown.textContent).toContain("is a reference, and stays");
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

  it("says from when on a new limit counts", async () => {
    show({ days: 7, own: 7, server: null, from_us: preview.at_us });
    expect((await screen.findByTestId("keeping")).textContent).toContain("It begins on Friday, 4 December");
  });
});
