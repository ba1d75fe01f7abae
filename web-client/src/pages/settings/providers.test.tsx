// Services of others: what is said about each, what a switch sends, and what is shown when that is refused.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Providers } from "../../api/types";
import { ProviderRows } from "./providers";

const offer = (accepted_us: number | null): Providers => ({
  providers: [
    { purpose: "review", provider: "https://llm.example m-1", sends: "What you said, as text.", accepted_us },
  ],
});

function show(list: Providers, status = 200) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`.trim());
    const body =
      status === 200 ? offer(1) : { type: "urn:coach:problem:conflict", title: "x", detail: "another service is set" };
    return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ProviderRows {...list} />
    </QueryClientProvider>,
  );
  return asked;
}
afterEach(cleanup);

describe("services of others", () => {
  it("says where it goes and what, and agrees to that very service", async () => {
    const asked = show(offer(null));
    expect(document.body.textContent).toContain("Sent to https://llm.example m-1");
    expect(document.body.textContent).toContain("What you said, as text.");
    const button = screen.getByTestId("provider-review");
    expect(button.getAttribute("aria-checked")).toBe("false");
    await userEvent.click(button);
    expect(asked).toEqual(['PUT /api/providers/review {"provider":"https://llm.example m-1"}']);
  });

  it("says when it is sent", () => {
    const [review] = offer(null).providers;
    show({ providers: [{ ...review!, purpose: "follow_up" }] });
    expect(document.body.textContent).toContain("at the end of an answer, while you practise");
  });

  it("withdraws by the same switch, and tells what is refused", async () => {
    const asked = show(offer(1), 409);
    await userEvent.click(screen.getByTestId("provider-review"));
    expect(asked).toEqual(["DELETE /api/providers/review"]);
    expect((await screen.findByRole("alert")).textContent).toContain("another service is set");
  });
});
