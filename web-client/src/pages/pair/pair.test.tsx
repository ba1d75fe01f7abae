// The page that pairs a device: what it sends, what it leaves behind, and what it says to a code that is no longer good.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import Pair from "./pair";

function show(address: string, answer: () => Response): unknown[] {
  const sent: unknown[] = [];
  window.history.replaceState(null, "", address);
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(await request.json());
    return answer();
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Pair />
    </QueryClientProvider>,
  );
  return sent;
}
afterEach(cleanup);

describe("pairing", () => {
  it("sends the code once, keeps it out of the address and goes to the first page", async () => {
    const sent = show("/pair#abc", () => new Response(null, { status: 204 }));
    await vi.waitFor(() => expect(window.location.pathname).toBe("/"));
    expect(sent).toEqual([{ code: "abc" }]);
    expect(window.location.hash).toBe("");
  });

  it("says why a code was refused and how to get another", async () => {
    const problem = { type: "urn:coach:problem:sign-in", title: "Sign in first", detail: "this code has expired" };
    const headers = { "content-type": "application/problem+json" };
    show("/pair#abc", () => new Response(JSON.stringify(problem), { status: 401, headers }));
    await screen.findByText(/this code has expired/i);
    expect(screen.getByText(/open Settings, then Devices/)).toBeTruthy();
  });

  it("asks for a code where there is none", () => {
    const sent = show("/pair", () => new Response(null, { status: 204 }));
    expect(screen.getByText("This device is not paired")).toBeTruthy();
    expect(sent).toEqual([]);
  });
});
