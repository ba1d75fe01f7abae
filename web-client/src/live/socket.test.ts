// The live channel comes back, loses nothing that was said, and hears nothing twice.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Numbered } from "./messages";
import { backoff, LiveSocket, liveUrl } from "./socket";

class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  readyState: number = WebSocket.CONNECTING;
  sent: string[] = [];
  constructor(readonly url: string) {
    super();
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = WebSocket.CLOSED;
  }
  opens() {
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }
  says(message: unknown) {
    this.dispatchEvent(
      new MessageEvent("message", { data: typeof message === "string" ? message : JSON.stringify(message) }),
    );
  }
  breaks() {
    this.readyState = WebSocket.CLOSED;
    this.dispatchEvent(new Event("close"));
  }
}

const channel = (heard: (message: Numbered) => void = () => undefined) => {
  const socket = new LiveSocket(
    "ws://here/live",
    heard,
    undefined,
    (url) => new FakeSocket(url) as unknown as WebSocket,
  );
  socket.open();
  return socket;
};
const last = () => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was made");
  return socket;
};

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => vi.useRealTimers());

describe("the live channel", () => {
  it("comes back by itself after the line broke", () => {
    channel();
    last().opens();
    last().breaks();
    expect(FakeSocket.all.length).toBe(1);
    vi.advanceTimersByTime(400);
    expect(FakeSocket.all.length).toBe(2);
  });

  it("waits longer with every failure, but never more than some seconds", () => {
    expect(backoff(0, 0.5)).toBe(250);
    expect(backoff(2, 0.5)).toBe(1000);
    expect(backoff(60, 1)).toBeLessThanOrEqual(6250);
  });

  it("stays closed once it was closed", () => {
    const socket = channel();
    last().opens();
    socket.close();
    last().breaks();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all.length).toBe(1);
  });

  it("keeps a mark that was made while the line was down, and sends it once", () => {
    const socket = channel();
    socket.send({ type: "mark", what: "question", question_id: "failure-1" });
    last().opens();
    expect(last().sent).toEqual(['{"type":"mark","what":"question","question_id":"failure-1"}']);
    last().breaks();
    vi.advanceTimersByTime(1000);
    last().opens();
    expect(last().sent).toEqual([]);
  });

  it("keeps only some, when the line stays down", () => {
    const socket = channel();
    for (let i = 0; i < 1000; i++) socket.send({ type: "mark", what: "note" });
    last().opens();
    expect(last().sent.length).toBe(16);
  });

  it("takes the snapshot that carries the number of the greeting", () => {
    const heard: string[] = [];
    channel((message) => heard.push(message.type));
    last().opens();
    last().says({ type: "hello", seq: 9, session: null });
    last().says({ type: "snapshot", seq: 9, state: "live" });
    last().says({ type: "report_ready", seq: 10 });
    expect(heard).toEqual(["hello", "snapshot", "report_ready"]);
  });

  it("hears nothing twice, and begins to count anew after coming back", () => {
    const heard: number[] = [];
    channel((message) => heard.push(message.seq ?? -1));
    last().opens();
    for (const seq of [4, 5, 5, 3, 6]) last().says({ type: "report_ready", seq });
    last().breaks();
    vi.advanceTimersByTime(1000);
    last().opens();
    last().says({ type: "report_ready", seq: 1 });
    expect(heard).toEqual([4, 5, 6, 1]);
  });

  it("goes on after nonsense", () => {
    const heard: string[] = [];
    channel((message) => heard.push(message.type));
    last().opens();
    for (const nonsense of ["", "{", "[]", '{"type":"hint"}', '{"type":"unheard-of","seq":1}']) last().says(nonsense);
    last().says({ type: "report_ready", seq: 2 });
    expect(heard).toEqual(["report_ready"]);
  });

  it("is safe where the page is safe", () => {
    expect(liveUrl("/api/x", { protocol: "https:", host: "coach:8443" })).toBe("wss://coach:8443/api/x");
    expect(liveUrl("/api/x", { protocol: "http:", host: "localhost:8080" })).toBe("ws://localhost:8080/api/x");
  });
});
