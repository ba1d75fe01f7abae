// A session stays published through a lost connection, and ends exactly once.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/problem";
import { FakePeer, fakeStream } from "./fake-peer";
import { GRACE_MS, HEAL_MS, Publisher, type PublisherState } from "./publisher";
import type { Publication } from "./whip";

let states: PublisherState["is"][] = [];
let final: PublisherState | null = null;

function rig(publish?: () => Promise<Publication>) {
  const publishing = vi.fn(
    publish ??
      (() =>
        Promise.resolve({ pc: new FakePeer() as unknown as RTCPeerConnection, location: `/w/${FakePeer.all.length}` })),
  );
  const remove = vi.fn((_: string) => Promise.resolve(new Response(null, { status: 200 })));
  const end = vi.fn((_: string) => Promise.resolve());
  const publisher = new Publisher(
    "/w",
    fakeStream(),
    (state) => {
      final = state;
      if (states.at(-1) !== state.is) states.push(state.is);
    },
    { publish: publishing, remove, end, now: () => Date.now() },
  );
  return { publisher, publishing, remove, end };
}
const settle = () => vi.advanceTimersByTimeAsync(0);
const peer = () => {
  const found = FakePeer.all.at(-1);
  if (!found) throw new Error("no peer was made");
  return found;
};

beforeEach(() => {
  vi.useFakeTimers();
  FakePeer.all = [];
  states = [];
  final = null;
});
afterEach(() => vi.useRealTimers());

describe("the publisher", () => {
  it("is live once the connection is", async () => {
    const { publisher } = rig();
    publisher.start();
    await settle();
    peer().becomes("connected");
    expect(states).toEqual(["connecting", "live"]);
  });

  it("lets a stutter heal by itself", async () => {
    const { publisher, publishing } = rig();
    publisher.start();
    await settle();
    peer().becomes("connected");
    peer().becomes("disconnected");
    await vi.advanceTimersByTimeAsync(HEAL_MS - 1);
    peer().becomes("connected");
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(states).toEqual(["connecting", "live", "lost", "live"]);
    expect(publishing).toHaveBeenCalledTimes(1);
  });

  it("publishes again when the connection is lost, and closes the old one", async () => {
    const { publisher, publishing, remove } = rig();
    publisher.start();
    await settle();
    const first = peer();
    first.becomes("connected");
    first.becomes("failed");
    await settle();
    expect(first.closed).toBe(true);
    expect(publishing).toHaveBeenCalledTimes(2);
    peer().becomes("connected");
    expect(states).toEqual(["connecting", "live", "lost", "live"]);
    // The session goes on: it must not have been ended in between.
    expect(remove).not.toHaveBeenCalled();
  });

  it("tries until the server's grace is over, then says so", async () => {
    const { publisher, publishing } = rig(() => Promise.reject(new TypeError("Failed to fetch")));
    publisher.start();
    await vi.advanceTimersByTimeAsync(GRACE_MS + 10_000);
    expect(final).toMatchObject({ is: "failed", problem: { status: 0 } });
    const tries = publishing.mock.calls.length;
    expect(tries).toBeGreaterThan(8);
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(publishing).toHaveBeenCalledTimes(tries);
  });

  it("does not insist where the server refuses", async () => {
    const { publisher, publishing } = rig(() =>
      Promise.reject(new Problem(409, "conflict", "Somebody else is publishing", null)),
    );
    publisher.start();
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(publishing).toHaveBeenCalledTimes(1);
    expect(final).toMatchObject({ is: "failed", problem: { status: 409 } });
  });

  it("asks again after a 503, because a busy server may have room a moment later", async () => {
    const { publisher, publishing } = rig(() => Promise.reject(new Problem(503, "busy", "Busy", null)));
    publisher.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(publishing.mock.calls.length).toBeGreaterThan(1);
    publisher.leave();
  });

  it("gives up when media never gets through", async () => {
    const { publisher } = rig();
    publisher.start();
    for (let i = 0; i < 6; i++) {
      await vi.advanceTimersByTimeAsync(15_000);
      peer().becomes("failed");
    }
    expect(final).toMatchObject({ is: "failed", problem: { kind: "media" } });
  });

  it("ends with a DELETE and closes the connection itself", async () => {
    const { publisher, remove } = rig();
    publisher.start();
    await settle();
    peer().becomes("connected");
    await publisher.stop();
    expect(remove).toHaveBeenCalledExactlyOnceWith("/w/1");
    expect(peer().closed).toBe(true);
    expect(states.at(-1)).toBe("stopped");
  });

  it("ends the session at the server when it is stopped while the connection is lost", async () => {
    const { publisher, publishing, remove, end } = rig();
    publisher.start();
    await settle();
    peer().becomes("connected");
    publishing.mockImplementation(() => Promise.reject(new TypeError("Failed to fetch")));
    peer().becomes("failed");
    await settle();
    expect(states.at(-1)).toBe("lost");
    await publisher.stop();
    expect(end).toHaveBeenCalledExactlyOnceWith("/w");
    expect(remove).not.toHaveBeenCalled();
    const tries = publishing.mock.calls.length;
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(publishing).toHaveBeenCalledTimes(tries);
    expect(states.at(-1)).toBe("stopped");
  });

  it("is stopped for the page even when the server cannot be told of it", async () => {
    const { publisher, publishing, end } = rig();
    publisher.start();
    await settle();
    peer().becomes("connected");
    publishing.mockImplementation(() => Promise.reject(new TypeError("Failed to fetch")));
    end.mockImplementation(() => Promise.reject(new TypeError("Failed to fetch")));
    peer().becomes("failed");
    await settle();
    await expect(publisher.stop()).rejects.toThrow("Failed to fetch");
    expect(states.at(-1)).toBe("stopped");
  });

  it("ends with its own DELETE while a stutter may still heal", async () => {
    const { publisher, remove, end } = rig();
    publisher.start();
    await settle();
    peer().becomes("connected");
    peer().becomes("disconnected");
    await publisher.stop();
    expect(remove).toHaveBeenCalledExactlyOnceWith("/w/1");
    expect(end).not.toHaveBeenCalled();
  });

  it("ends nothing when the page goes away: the server waits", async () => {
    const { publisher, remove } = rig();
    publisher.start();
    await settle();
    publisher.leave();
    publisher.leave();
    await publisher.stop();
    expect(remove).not.toHaveBeenCalled();
    expect(peer().closed).toBe(true);
  });

  it("ends nothing either when the page goes away before the answer", async () => {
    let answer: (publication: Publication) => void = () => undefined;
    const { publisher, remove } = rig(() => new Promise((resolve) => (answer = resolve)));
    publisher.start();
    publisher.leave();
    const late = new FakePeer();
    answer({ pc: late as unknown as RTCPeerConnection, location: "/w/late" });
    await settle();
    expect(late.closed).toBe(true);
    expect(remove).not.toHaveBeenCalled();
  });

  it("ends what was answered only after it was stopped", async () => {
    let answer: (publication: Publication) => void = () => undefined;
    const { publisher, remove } = rig(() => new Promise((resolve) => (answer = resolve)));
    publisher.start();
    await publisher.stop();
    const late = new FakePeer();
    answer({ pc: late as unknown as RTCPeerConnection, location: "/w/late" });
    await settle();
    expect(late.closed).toBe(true);
    expect(remove).toHaveBeenCalledWith("/w/late");
  });

  it("closes what was answered only after another camera took its place, and ends nothing", async () => {
    let answer: (publication: Publication) => void = () => undefined;
    let first = true;
    const { publisher, remove } = rig(() => {
      if (!first) return Promise.resolve({ pc: new FakePeer() as unknown as RTCPeerConnection, location: "/w/2" });
      first = false;
      return new Promise((resolve) => (answer = resolve));
    });
    publisher.start();
    publisher.replace(fakeStream());
    await settle();
    const second = peer();
    const late = new FakePeer();
    answer({ pc: late as unknown as RTCPeerConnection, location: "/w/late" });
    await settle();
    expect(late.closed).toBe(true);
    expect(second.closed).toBe(false);
    expect(remove).not.toHaveBeenCalled();
  });

  it("puts another camera in place of the old one without ending the session", async () => {
    const { publisher, publishing, remove } = rig();
    publisher.start();
    await settle();
    peer().becomes("connected");
    publisher.replace(fakeStream());
    await settle();
    peer().becomes("connected");
    expect(publishing).toHaveBeenCalledTimes(2);
    expect(remove).not.toHaveBeenCalled();
    expect(states.at(-1)).toBe("live");
  });
});
