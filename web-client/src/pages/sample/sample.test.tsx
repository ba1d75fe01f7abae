// The sample report: read from the program's own files, and said so where they are missing.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import Sample from "./sample";

afterEach(cleanup);

function show(answer: (url: string) => Response) {
  vi.stubGlobal(
    "fetch",
    vi.fn((url: string) => Promise.resolve(answer(url))),
  );
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:sample", revokeObjectURL: () => undefined }));
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Sample />
    </QueryClientProvider>,
  );
}

describe("the sample report", () => {
  it("shows the report that ships with the program, with one thing to try next", async () => {
    const report = readFileSync("public/sample/report.json", "utf8");
    show((url) => new Response(url.endsWith(".json") ? report : new Blob(["video"])));
    expect(await screen.findByTestId("sample")).toBeTruthy();
    expect(screen.getByText(/Nobody was recorded for it/)).toBeTruthy();
    expect(screen.getByTestId("score-value-clarity").textContent).toMatch(/about \d\d/);
    expect(screen.getByText(/words a minute; 120 to 160/)).toBeTruthy();
  });

  it("says so when its files are missing", async () => {
    show(() => new Response("", { status: 404 }));
    expect(await screen.findByText("The sample could not be loaded")).toBeTruthy();
  });
});
