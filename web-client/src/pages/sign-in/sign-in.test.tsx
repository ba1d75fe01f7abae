// The sign-in page: what it offers, what it sends, and where it leads.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import SignIn, { pageAfter } from "./sign-in";

const answer = (status: number, body: unknown) =>
  new Response(body === null ? null : JSON.stringify(body), {
    status,
    headers: { "content-type": status < 400 ? "application/json" : "application/problem+json" },
  });

function show(address: string, ways: unknown, signIn: () => Response, sent: unknown[] = []) {
  window.history.replaceState(null, "", address);
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return answer(200, ways);
    sent.push(await request.json());
    return signIn();
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <SignIn />
    </QueryClientProvider>,
  );
}
afterEach(cleanup);

const both = { mode: "accounts", password: true, provider: "the university" };

describe("the sign-in page", () => {
  it("leads to pages of this server alone", () => {
    for (const to of ["/history", "/sessions/1?a=b", "/compare?a=1&b=2"]) expect(pageAfter(to)).toBe(to);
    for (const to of [
      null,
      "",
      "history",
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "/sign-in?to=/",
    ])
      expect(pageAfter(to)).toBe("/");
  });

  it("signs in by password and goes on to the page that was wanted", async () => {
    const sent: unknown[] = [];
    show("/sign-in?to=%2Fhistory", both, () => answer(204, null), sent);
    await userEvent.type(await screen.findByLabelText("E-mail address"), "ada@uni.test");
    await userEvent.type(screen.getByLabelText("Password"), "a long enough password");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await vi.waitFor(() => expect(window.location.pathname).toBe("/history"));
    expect(sent).toEqual([{ name: "ada@uni.test", password: "a long enough password" }]);
  });

  it("says what the server says about a wrong password, and keeps the page", async () => {
    const wrong = { type: "urn:coach:problem:sign-in", title: "Sign in first", detail: "name or password is wrong" };
    show("/sign-in", both, () => answer(401, wrong));
    await userEvent.type(await screen.findByLabelText("E-mail address"), "ada@uni.test");
    await userEvent.type(screen.getByLabelText("Password"), "x");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect((await screen.findByRole("alert")).textContent).toBe("name or password is wrong");
    expect(window.location.pathname).toBe("/sign-in");
  });

  it("offers the provider with the way back, and says why a sign-in there failed", async () => {
    show("/sign-in?to=%2Fhistory&problem=state", { ...both, password: false }, () => answer(404, null));
    const link = await screen.findByTestId("sign-in-provider");
    expect(link.getAttribute("href")).toBe("/auth/login?to=%2Fhistory");
    expect(screen.getByRole("alert").textContent).toContain("began in another browser");
    expect(screen.queryByLabelText("Password")).toBeNull();
  });

  it("has nothing to do where the server has one person", async () => {
    show("/sign-in", { mode: "personal", password: false, provider: null }, () => answer(404, null));
    await screen.findByText("Nobody signs in here");
  });
});
