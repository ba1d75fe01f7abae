// The Arena from the first question to the stop, with a camera, a connection and a server that do what they are told.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import * as camera from "../../live/camera";
import { FakePeer } from "../../live/fake-peer";
import { recallEnding } from "../../live/ending";
import { keepRound, recallRound } from "../../live/round";
import Arena from "./arena";

const questions = ["a", "b"].map((id) => ({ id, text: `Question ${id}`, family: "failure", suggested_ms: 90_000 }));
let state = "created";
let requests: { method: string; path: string }[] = [];
let sockets: FakeSocket[] = [];
let tracks: (EventTarget & { kind: string; readyState: string; enabled: boolean })[] = [];
let cameraRefuses: string | null = null;

class FakeSocket extends EventTarget {
  static OPEN = 1;
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  constructor() {
    super();
    sockets.push(this);
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.readyState = 3;
  }
  says(message: object) {
    act(() => void this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) })));
  }
}

function getUserMedia({ video }: MediaStreamConstraints) {
  if (cameraRefuses && video) return Promise.reject(Object.assign(new Error(), { name: cameraRefuses }));
  tracks = (video ? ["video", "audio"] : ["audio"]).map((kind) =>
    Object.assign(new EventTarget(), {
      kind,
      readyState: "live",
      enabled: true,
      stop: () => undefined,
      getSettings: () => ({}),
    }),
  );
  return Promise.resolve({
    getTracks: () => tracks,
    getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
    getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  state = "created";
  tracks = [];
  localStorage.clear();
  sessionStorage.clear();
  requests = [];
  sockets = [];
  cameraRefuses = null;
  FakePeer.all = [];
  vi.stubGlobal("RTCPeerConnection", FakePeer);
  vi.stubGlobal("RTCRtpSender", { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", (target: string | Request, init?: RequestInit) => {
    const method = typeof target === "string" ? (init?.method ?? "GET") : target.method;
    const path = typeof target === "string" ? target : new URL(target.url).pathname;
    requests.push({ method, path });
    if (method === "POST")
      return Promise.resolve(
        new Response("v=0\r\n", { status: 201, headers: { location: "/api/sessions/s/whip/secret" } }),
      );
    if (method === "DELETE") return Promise.resolve(new Response(null, { status: 200 }));
    return Promise.resolve(
      new Response(JSON.stringify({ id: "s", state, questions, answers: [] }), {
        headers: { "content-type": "application/json" },
      }),
    );
  });
  Object.defineProperty(navigator, "mediaDevices", {
    configurable: true,
    value: Object.assign(new EventTarget(), { getUserMedia, enumerateDevices: () => Promise.resolve([]) }),
  });
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});
afterEach(() => {
  cleanup();
  camera.release();
  vi.useRealTimers();
});

const peer = () => FakePeer.all.at(-1) as FakePeer;
const socket = () => sockets.at(-1) as FakeSocket;
const said = () => sockets.flatMap((x) => x.sent).map((x) => [x.what, x.question_id]);
const deletes = () => requests.filter((x) => x.method === "DELETE");

function open(client = new QueryClient({ defaultOptions: { queries: { retry: false } } })) {
  const location = memoryLocation({ path: "/arena/s", record: true });
  render(
    <QueryClientProvider client={client}>
      <Router hook={location.hook}>
        <Arena id="s" />
      </Router>
    </QueryClientProvider>,
  );
  return location;
}

async function live() {
  const location = open();
  await screen.findByTestId("arena");
  await connects();
  return location;
}

/** The camera opens, the countdown runs out, the connection comes up. */
async function connects() {
  for (let second = 0; second < 4; second++) await act(() => vi.advanceTimersByTimeAsync(1000));
  await waitFor(() => expect(FakePeer.all.length).toBeGreaterThan(0));
  act(() => peer().gathers());
  await waitFor(() => expect(peer().remote).not.toBeNull());
  await act(async () => {
    peer().becomes("connected");
    await Promise.resolve();
  });
  await waitFor(() => expect(screen.getByTestId("arena").dataset.state).toBe("live"));
}

describe("the arena", () => {
  it("asks the first question when media flows, then the next, then ends and leads to the report", async () => {
    const location = await live();
    expect(said()).toEqual([["question", "a"]]);
    await userEvent.click(screen.getByTestId("next-question"));
    expect(screen.getByTestId("question").textContent).toBe("Question b");
    expect(said()).toEqual([
      ["question", "a"],
      ["question", "b"],
    ]);
    expect(screen.queryByTestId("next-question")).toBeNull();
    await userEvent.click(screen.getByTestId("stop"));
    await waitFor(() => expect(location.history?.at(-1)).toBe("/sessions/s"));
    expect(deletes()).toEqual([{ method: "DELETE", path: "/api/sessions/s/whip/secret" }]);
    expect(peer().closed).toBe(true);
  });

  it("shows no number but the time", async () => {
    await live();
    socket().says({ type: "vitals", seq: 1, t: 5000, level_db: 61.5, pace_wpm: 171, eye_contact: 0.4 });
    socket().says({ type: "score", seq: 2, t: 5000, confidence: 71 });
    const text = screen.getByTestId("arena").textContent ?? "";
    expect(text.replace(screen.getByTestId("timer").textContent ?? "", "").replace("Question 1 of 2", "")).not.toMatch(
      /\d/,
    );
  });

  it("says for as long as others watch that they do, also after the channel came back", async () => {
    await live();
    const watched = () => screen.getByTestId("watched").textContent;
    expect(watched()).toBe("");
    socket().says({ type: "viewers", seq: 1, count: 1 });
    expect(watched()).toBe("Somebody is watching you live");
    socket().says({ type: "snapshot", seq: 4, state: "live", viewers: 3 });
    expect(watched()).toBe("3 are watching you live");
    socket().says({ type: "viewers", seq: 5, count: 0 });
    expect(watched()).toBe("");
  });

  it("shows a hint, and none while the answer is paused", async () => {
    await live();
    socket().says({
      type: "hint",
      seq: 3,
      t: 1,
      id: "slow_down",
      text: "Slow down a little",
      evidence: "",
      for_ms: 4000,
    });
    expect(screen.getByTestId("hint").textContent).toBe("Slow down a little");
    await userEvent.keyboard("p");
    expect(screen.queryByTestId("hint")).toBeNull();
    expect(tracks.every((track) => !track.enabled)).toBe(true);
    socket().says({ type: "hint", seq: 4, t: 2, id: "speak_up", text: "Speak up", evidence: "", for_ms: 4000 });
    expect(screen.queryByTestId("hint")).toBeNull();
    await userEvent.keyboard("p");
    expect(tracks.every((track) => track.enabled)).toBe(true);
    expect(said().map(([what]) => what)).toEqual(["question", "pause", "resume"]);
  });

  it("pauses when a device is unplugged, says what to do, and goes on with the next one", async () => {
    await live();
    cameraRefuses = "NotFoundError";
    act(() => void tracks[0]?.dispatchEvent(new Event("ended")));
    expect(screen.getByTestId("standstill").textContent).toContain("The camera is gone");
    expect(screen.getByTestId("arena").dataset.state).toBe("paused");
    await userEvent.click(screen.getByText("Try again"));
    expect(screen.getByTestId("standstill").textContent).toContain("Plug one in");
    cameraRefuses = null;
    act(() => void navigator.mediaDevices.dispatchEvent(new Event("devicechange")));
    await waitFor(() => expect(screen.queryByTestId("standstill")).toBeNull());
    expect(said().map(([what]) => what)).toEqual(["question", "pause", "resume"]);
    expect(deletes()).toEqual([]);
  });

  it("goes on with the voice alone when the camera does not come back", async () => {
    await live();
    const before = FakePeer.all.length;
    cameraRefuses = "NotFoundError";
    act(() => void tracks[0]?.dispatchEvent(new Event("ended")));
    await userEvent.click(screen.getByTestId("voice-only-now"));
    await waitFor(() => expect(screen.queryByTestId("standstill")).toBeNull());
    await waitFor(() => expect(FakePeer.all.length).toBe(before + 1));
    expect(tracks.map(({ kind }) => kind)).toEqual(["audio"]);
    expect(screen.getByTestId("voice-only").textContent).toBe("Voice only");
    expect(screen.getByTestId("question").textContent).toBe("Question a");
    act(() => peer().becomes("connected"));
    await waitFor(() => expect(screen.getByTestId("arena").dataset.state).toBe("live"));
    expect(said().map(([what]) => what)).toEqual(["question", "pause", "resume"]);
    expect(deletes()).toEqual([]);
  });

  it("keeps the screen on from the countdown to the end of the round", async () => {
    const release = vi.fn(() => Promise.resolve());
    const request = vi.fn(() => Promise.resolve({ release }));
    Object.defineProperty(navigator, "wakeLock", { configurable: true, value: { request } });
    try {
      open();
      await screen.findByTestId("countdown");
      expect(request).toHaveBeenCalledExactlyOnceWith("screen");
      expect(release).not.toHaveBeenCalled();
      await userEvent.click(screen.getByTestId("stop"));
      await waitFor(() => expect(release).toHaveBeenCalled());
    } finally {
      Reflect.deleteProperty(navigator, "wakeLock");
    }
  });

  it("offers no answer without a microphone", async () => {
    await live();
    act(() => void tracks[1]?.dispatchEvent(new Event("ended")));
    expect(screen.getByTestId("standstill").textContent).toContain("The microphone is gone");
    expect(screen.queryByTestId("voice-only-now")).toBeNull();
  });

  it("says so when the connection is lost, and stays where it is", async () => {
    await live();
    act(() => peer().becomes("failed"));
    await screen.findByTestId("lost");
    expect(screen.getByTestId("question").textContent).toBe("Question a");
  });

  it("ends nothing when the page goes away, and remembers where it was", async () => {
    await live();
    await userEvent.click(screen.getByTestId("next-question"));
    act(() => void window.dispatchEvent(new Event("pagehide")));
    cleanup();
    expect(deletes()).toEqual([]);
    expect(peer().closed).toBe(true);
    expect(recallRound()).toMatchObject({ session: "s", index: 1, question: "Question b" });
  });

  it("asks before it goes on with a round that was left, and takes no camera until then", async () => {
    keepRound({ session: "s", index: 1, count: 2, question: "Question b", spent_ms: 47_000, at: Date.now() });
    state = "grace";
    open();
    expect((await screen.findByTestId("resume")).textContent).toContain("Go on with question 2?");
    expect(screen.getByTestId("resume").textContent).toContain("0:47");
    expect(tracks).toEqual([]);
    await userEvent.click(screen.getByTestId("go-on"));
    await connects();
    expect(screen.getByTestId("question").textContent).toBe("Question b");
    expect(said()).toEqual([]);
    expect(screen.getByTestId("timer").textContent).toContain("0:47");
  });

  it("comes back also when it was left a moment ago", async () => {
    const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 10_000 } } });
    client.setQueryData(["session", "s"], { id: "s", state: "created", questions, answers: [] });
    state = "grace";
    open(client);
    await screen.findByTestId("resume");
  });

  it("asks the browser to keep the page while somebody answers", async () => {
    await live();
    const leaving = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
  });

  it("says why when the server has ended it", async () => {
    const location = await live();
    act(() => peer().becomes("failed"));
    socket().says({ type: "hello", seq: 1, session: { id: "s", state: "finalising", questions } });
    await waitFor(() => expect(location.history?.at(-1)).toBe("/sessions/s"));
    expect(recallEnding("s")).toEqual({ session: "s", ending: "restart", open: ["b"] });
  });

  it("asks before Escape ends it", async () => {
    await live();
    await userEvent.keyboard("{Escape}");
    expect(screen.getByText("End this session?")).toBeTruthy();
    expect(deletes()).toEqual([]);
  });

  it("says what to do when the camera is refused", async () => {
    cameraRefuses = "NotAllowedError";
    open();
    expect((await screen.findByTestId("standstill")).textContent).toContain("allow both");
  });

  it("leads to the report when the session is over already", async () => {
    state = "ready";
    const location = open();
    await waitFor(() => expect(location.history?.at(-1)).toBe("/sessions/s"));
  });

  it("leads to the report when the server ends the session", async () => {
    const location = await live();
    socket().says({ type: "state", seq: 9, state: "finalising" });
    await waitFor(() => expect(location.history?.at(-1)).toBe("/sessions/s"));
  });
});
