// What is said about how long sessions are kept, and what a choice sends.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Keeping } from "./keeping";

function show(retention: { days: number | null; own: number | null; house: number | null }, sent: unknown[] = []) {
  vi.stubGlobal("fetch", async (request: Request) => {
    let now = retention;
    if (request.method === "PUT") {
      const body = (await request.json()) as { retention_days: number | null };
      sent.push(body);
      now = { ...retention, own: body.retention_days, days: body.retention_days ?? retention.house };
    }
    return new Response(JSON.stringify({ retention: now }), { headers: { "content-type": "application/json" } });
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Keeping />
    </QueryClientProvider>,
  );
}
afterEach(cleanup);

describe("how long sessions are kept", () => {
  it("is for ever without a limit, and a choice is sent and shown", async () => {
    const sent: unknown[] = [];
    show({ days: null, own: null, house: null }, sent);
    await screen.findByText("Sessions are kept until you delete them.");
    await userEvent.selectOptions(screen.getByLabelText("Keep them"), "for 30 days");
    await screen.findByText(/deleted 30 days after they were made/);
    expect(sent).toEqual([{ retention_days: 30 }]);
  });

  it("offers only what is shorter than the server's own limit", async () => {
    show({ days: 60, own: null, house: 60 });
    await screen.findByText(/deleted 60 days after/);
    expect(screen.getAllByRole("option").map((x) => x.textContent)).toEqual([
      "as long as this server does: 60 days",
      "for 7 days",
      "for 30 days",
    ]);
  });
});
