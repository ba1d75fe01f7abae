// The watcher against a server and connections that do what they are told.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/problem";
import { FakePeer } from "./fake-peer";
import { Watcher, type Seams, type WatcherState } from "./watcher";
import type { Viewing } from "./whep";

let states: WatcherState[] = [];
let removed: string[] = [];
let answers: (Viewing | Problem)[] = [];
let asked = 0;

const viewing = () => {
  const pc = new FakePeer();
  return { pc: pc as unknown as RTCPeerConnection, location: "/api/v", stream: {} as MediaStream, peer: pc };
};
const seams: Seams = {
  watch: () => {
    asked += 1;
    const next = answers.shift();
    if (!next) return new Promise(() => undefined);
    return next instanceof Problem ? Promise.reject(next) : Promise.resolve(next);
  },
  remove: (location) => {
    removed.push(location);
    return Promise.resolve(new Response());
  },
};
const refusal = (status: number, kind: string) => new Problem(status, kind, "No", null);
const last = () => states.at(-1)?.is;

function start(...with_: (Viewing | Problem)[]): Watcher {
  answers = with_;
  const watcher = new Watcher("/w", (state) => states.push(state), seams);
  watcher.start();
  return watcher;
}

beforeEach(() => {
  vi.useFakeTimers();
  [states, removed, asked] = [[], [], 0];
});
afterEach(() => void vi.useRealTimers());

describe("the watcher", () => {
  it("waits while nothing is sent, and is live when the candidate comes", async () => {
    const one = viewing();
    start(refusal(409, "not-yet"), refusal(409, "not-yet"), one);
    await vi.advanceTimersByTimeAsync(0);
    expect(last()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toBe(2);
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked).toBe(3);
    one.peer.becomes("connected");
    expect(last()).toBe("live");
  });

  it("ends with the session, and asks no more", async () => {
    start(refusal(409, "state"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([last(), asked]).toEqual(["ended", 1]);
  });

  it("says why it cannot be watched, and asks no more", async () => {
    start(refusal(404, "not-found"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([last(), asked]).toEqual(["failed", 1]);
  });

  it("asks again when the connection is lost, but not when it only stutters", async () => {
    const [one, two] = [viewing(), viewing()];
    start(one, two);
    await vi.advanceTimersByTimeAsync(0);
    one.peer.becomes("connected");
    one.peer.becomes("disconnected");
    await vi.advanceTimersByTimeAsync(1000);
    one.peer.becomes("connected");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toBe(1);
    one.peer.becomes("failed");
    await vi.advanceTimersByTimeAsync(0);
    expect([asked, one.peer.closed, removed]).toEqual([2, true, ["/api/v"]]);
    two.peer.becomes("connected");
    expect(last()).toBe("live");
  });

  it("leaves nothing behind when the page goes away, not even an answer under way", async () => {
    const one = viewing();
    const watcher = start(one);
    watcher.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect([one.peer.closed, removed]).toEqual([true, ["/api/v"]]);
  });
});
