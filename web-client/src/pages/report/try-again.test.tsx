// The button of a failed session: what it asks for, and what it says when that is refused.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { TryAgain } from "./try-again";

function show(status: number, body: string) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return Promise.resolve(
      new Response(body || null, { status, headers: { "content-type": "application/problem+json" } }),
    );
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TryAgain session={{ id: "7" } as Session} />
    </QueryClientProvider>,
  );
  return asked;
}
afterEach(cleanup);

describe("trying a failed session again", () => {
  it("asks the server for another analysis", async () => {
    const asked = show(202, "");
    await userEvent.click(screen.getByTestId("try-again"));
    expect(asked).toEqual(["POST /api/sessions/7/analyze"]);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("says why it is refused", async () => {
    show(
      409,
      JSON.stringify({
        type: "urn:coach:problem:conflict",
        title: "In conflict",
        status: 409,
        detail: "nothing of its recording is left on this server",
      }),
    );
    await userEvent.click(screen.getByTestId("try-again"));
    expect((await screen.findByRole("alert")).textContent).toContain("nothing of its recording is left");
  });
});
