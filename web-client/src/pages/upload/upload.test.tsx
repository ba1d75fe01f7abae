// The upload page: what it refuses, what it sends, and how it goes on after a reload.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { recall, remember } from "../../upload/memory";
import type * as Put from "../../upload/put";
import UploadPage from "./upload";

const sent: string[] = [];
let refusePut = 0;
vi.mock("../../upload/put", async (original) => {
  const real = await original<typeof Put>();
  return {
    ...real,
    put: (url: string, part: Blob, progress: (bytes: number) => void) => {
      if (refusePut > 0) {
        refusePut -= 1;
        return Promise.reject(new real.PutError(507));
      }
      sent.push(`${url} ${part.size}`);
      progress(part.size);
      return Promise.resolve();
    },
  };
});

const asked: string[] = [];
let stored: { number: number; bytes: number; crc64: string | null }[] = [];
let answers: Record<string, () => Response> = {};
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const problem = (status: number, word: string, detail: string) =>
  json(status, { type: `urn:coach:problem:${word}`, title: "No", status, detail });
const question = { id: "failure-1", family: "failure", text: "A goal you missed", suggested_ms: 90_000, tip: "" };

beforeEach(() => {
  sent.length = 0;
  asked.length = 0;
  stored = [];
  refusePut = 0;
  answers = {};
  localStorage.clear();
  vi.stubGlobal("fetch", async (given: string | Request) => {
    const request = given instanceof Request ? given : new Request(`http://localhost${given}`);
    const route = `${request.method} ${new URL(request.url).pathname}`;
    const body = request.method === "POST" ? await request.text() : "";
    asked.push(`${route} ${body}`.trim());
    if (answers[route]) return answers[route]();
    switch (route) {
      case "GET /api/sessions/s1":
        return json(200, { id: "s1", state: "created", source: "upload" });
      case "GET /api/me":
        return json(200, {
          consent: { version: "1" },
          consent_version: "1",
          upload_bytes: 2000,
          models: {},
          hints: [],
        });
      case "GET /api/questions":
        return json(200, {
          questions: [question, { ...question, id: "conflict-1", family: "conflict", text: "Saying no" }],
        });
      case "POST /api/sessions":
        return json(201, { id: "s1", state: "created", source: "upload" });
      case "POST /api/sessions/s1/upload":
        return json(200, {
          name: "a.mp4",
          content_type: "video/mp4",
          bytes: 25,
          part_bytes: 10,
          parts: 3,
          stored,
          expires_us: 0,
          job: null,
        });
      case "POST /api/sessions/s1/upload/urls": {
        const { parts } = JSON.parse(body) as { parts: number[] };
        return json(200, { urls: parts.map((number) => ({ number, url: `put-${number}`, bytes: 10 })), expires_us: 0 });
      }
      case "POST /api/sessions/s1/upload/complete":
        return json(202, { job: "j" });
      case "DELETE /api/sessions/s1":
        return new Response(null, { status: 204 });
    }
    return problem(404, "not-found", "there is no such page");
  });
});
afterEach(cleanup);

// The tests' document knows no dialogs.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};

function show(path = "/upload?q=conflict-1") {
  const location = memoryLocation({ path, record: true });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Router hook={location.hook} searchHook={location.searchHook}>
        <UploadPage />
      </Router>
    </QueryClientProvider>,
  );
  return location;
}

const recording = (name = "a.mp4", bytes = 25) =>
  new File(["x".repeat(bytes)], name, { type: name.endsWith("mp4") ? "video/mp4" : "text/plain", lastModified: 7 });
const choose = async (file: File) => userEvent.upload(await screen.findByTestId("file"), file, { applyAccept: false });
const told = async (words: RegExp) =>
  waitFor(() => expect(screen.getByTestId("upload-problem").textContent).toMatch(words));

describe("the upload page", () => {
  it("sends the file as the answer to the question that was asked for, and goes to its report", async () => {
    const { history } = show();
    expect((await screen.findByTestId<HTMLSelectElement>("question")).value).toBe("conflict-1");
    await choose(recording());
    await waitFor(() => expect(history.at(-1)).toBe("/sessions/s1"));
    expect(asked).toContain('POST /api/sessions {"questions":["conflict-1"],"source":"upload"}');
    expect([...sent].sort()).toEqual(["put-1 10", "put-2 10", "put-3 5"]);
    expect(recall()).toBeNull();
  });

  it("refuses what cannot be, before anything is asked of the server", async () => {
    show();
    await choose(recording("notes.txt"));
    await told(/Choose an MP4/);
    await choose(recording("a.mp4", 0));
    await told(/empty/);
    await choose(recording("a.mp4", 2001));
    await told(/at most 2 KB/);
    fireEvent.drop(screen.getByTestId("drop-zone"), { dataTransfer: { files: [recording(), recording()] } });
    await told(/One recording at a time/);
    expect(asked.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  it("takes a file that is dropped", async () => {
    const { history } = show();
    fireEvent.drop(await screen.findByTestId("drop-zone"), { dataTransfer: { files: [recording()] } });
    await waitFor(() => expect(history.at(-1)).toBe("/sessions/s1"));
  });

  it("leaves no empty session behind when the server refuses the file", async () => {
    answers["POST /api/sessions/s1/upload"] = () => problem(422, "unprocessable", "the file has 9 GiB, at most 2");
    show();
    await choose(recording());
    await told(/9 GiB/);
    expect(asked).toContain("DELETE /api/sessions/s1");
    expect(recall()).toBeNull();
  });

  it("goes on after a reload with the same file only", async () => {
    remember({ session: "s1", question: "failure-1", name: "a.mp4", bytes: 25, modified: 7 });
    stored = [{ number: 1, bytes: 10, crc64: null }];
    const { history } = show("/upload");
    expect((await screen.findByTestId("unfinished")).textContent).toContain("a.mp4");
    await choose(recording("b.mp4"));
    await told(/choose a.mp4/);
    await choose(recording("a.mp4", 24));
    await told(/changed since/);
    await choose(recording());
    await waitFor(() => expect(history.at(-1)).toBe("/sessions/s1"));
    expect([...sent].sort()).toEqual(["put-2 10", "put-3 5"]);
    expect(asked.some((line) => line.startsWith("POST /api/sessions {"))).toBe(false);
  });

  it("gives an unfinished upload up", async () => {
    remember({ session: "s1", question: "failure-1", name: "a.mp4", bytes: 25, modified: 7 });
    show("/upload");
    await userEvent.click(await screen.findByTestId("give-up"));
    expect(asked.some((line) => line.startsWith("DELETE"))).toBe(false);
    await userEvent.click(screen.getByTestId("confirm-yes"));
    await screen.findByTestId("question");
    expect(asked).toContain("DELETE /api/sessions/s1");
    expect(recall()).toBeNull();
  });

  it("begins anew when the unfinished upload is gone, and looks at the report when it was finished", async () => {
    remember({ session: "s1", question: "failure-1", name: "a.mp4", bytes: 25, modified: 7 });
    answers["POST /api/sessions/s1/upload"] = () => problem(409, "state", "the session is scoring");
    const { history } = show("/upload");
    await choose(recording());
    await waitFor(() => expect(history.at(-1)).toBe("/sessions/s1"));
    cleanup();
    remember({ session: "s1", question: "failure-1", name: "a.mp4", bytes: 25, modified: 7 });
    answers["POST /api/sessions/s1/upload"] = () => problem(404, "not-found", "there is no such session");
    show("/upload");
    await choose(recording());
    await told(/gone/);
    expect(recall()).toBeNull();
  });

  it("asks for no file when the unfinished upload turns out to be finished, or gone", async () => {
    remember({ session: "s1", question: "failure-1", name: "a.mp4", bytes: 25, modified: 7 });
    answers["GET /api/sessions/s1"] = () => json(200, { id: "s1", state: "scoring", source: "upload" });
    const { history } = show("/upload");
    await waitFor(() => expect(history.at(-1)).toBe("/sessions/s1"));
    cleanup();
    remember({ session: "s1", question: "failure-1", name: "a.mp4", bytes: 25, modified: 7 });
    answers["GET /api/sessions/s1"] = () => problem(404, "not-found", "there is no such session");
    show("/upload");
    await screen.findByTestId("question");
    expect(recall()).toBeNull();
  });

  it("says why it stopped, and goes on when asked to", async () => {
    refusePut = 3;
    const { history } = show();
    await choose(recording());
    await waitFor(() => expect(screen.getByTestId("upload-words").textContent).toMatch(/no more room/));
    refusePut = 0;
    await userEvent.click(screen.getByTestId("go-on"));
    await waitFor(() => expect(history.at(-1)).toBe("/sessions/s1"));
  });

  it("tells why a sent file was refused, and forgets it", async () => {
    answers["POST /api/sessions/s1/upload/complete"] = () =>
      problem(422, "unprocessable", "the file does not begin like a recording");
    show();
    await choose(recording());
    await told(/does not begin like/);
    expect(recall()).toBeNull();
    expect(screen.getByTestId("drop-zone")).toBeTruthy();
  });

  it("asks for consent first", async () => {
    answers["GET /api/me"] = () =>
      json(200, { consent: null, consent_version: "1", upload_bytes: 2000, models: {}, hints: [] });
    const { history } = show();
    await waitFor(() => expect(history.at(-1)).toBe("/consent?q=conflict-1&for=upload"));
  });
});
