// The star that makes a session the reference of its question.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { GoldStar } from "./gold-star";

afterEach(cleanup);

const session = { id: "s1", state: "ready", gold: false } as unknown as Session;

function show() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <GoldStar session={session} labelled />
    </QueryClientProvider>,
  );
}

describe("the star of a reference", () => {
  it("says that it could not be set, and why", async () => {
    const answer = JSON.stringify({ title: "No", status: 409, detail: "The session is being deleted." });
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(answer, { status: 409 })));
    show();
    await userEvent.click(screen.getByTestId("gold"));
    const told = await screen.findByTestId("gold-problem");
    expect(told.textContent).toBe("It is not the reference yet: The session is being deleted.");
    expect(told.parentElement?.getAttribute("role")).toBe("alert");
    expect(screen.getByTestId("gold").getAttribute("aria-pressed")).toBe("false");
  });

  it("forgets the problem when it is pressed again", async () => {
    let first = true;
    vi.stubGlobal("fetch", () => {
      if (!first) return new Promise<Response>(() => undefined);
      first = false;
      return Promise.reject(new TypeError("Failed to fetch"));
    });
    show();
    await userEvent.click(screen.getByTestId("gold"));
    await screen.findByTestId("gold-problem");
    await userEvent.click(screen.getByTestId("gold"));
    expect(screen.queryByTestId("gold-problem")).toBeNull();
    expect(screen.getByTestId("gold").getAttribute("aria-pressed")).toBe("true");
  });
});
