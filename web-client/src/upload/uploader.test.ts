// The uploader against a store that does what stores do on bad days. Time is the test's.
import { describe, expect, it } from "vitest";
import { Problem } from "../api/problem";
import { PutError } from "./put";
import { pause, Uploader, type Transport, type Slot } from "./uploader";

const PART = 10;

class FakeStore implements Transport {
  readonly parts = new Map<number, string>();
  readonly puts: number[] = [];
  readonly waits: number[] = [];
  asked = 0;
  flying = 0;
  most = 0;
  clock = 0;
  /** How the next PUT of a part goes wrong; nothing: well. */
  failure: (number: number, url: string) => Error | null = () => null;
  /** Lets PUTs hang until they are stopped. */
  hang = false;

  async urls(parts: number[]) {
    this.asked += 1;
    const round = this.asked;
    return Promise.resolve({ urls: parts.map((number) => ({ number, url: `store/${number}?signed=${round}` })) });
  }

  async put(url: string, part: Blob, sent: (bytes: number) => void, signal: AbortSignal) {
    const number = Number(/store\/(\d+)/.exec(url)?.[1]);
    this.puts.push(number);
    this.flying += 1;
    this.most = Math.max(this.most, this.flying);
    try {
      this.clock += 1000;
      sent(Math.floor(part.size / 2));
      if (this.hang)
        await new Promise((_, stop) =>
          signal.addEventListener("abort", () => stop(new DOMException("stopped", "AbortError"))),
        );
      await Promise.resolve();
      const error = this.failure(number, url);
      if (error) throw error;
      sent(part.size);
      this.parts.set(number, await text(part));
    } finally {
      this.flying -= 1;
    }
  }

  wait(ms: number, signal: AbortSignal) {
    this.waits.push(ms);
    return signal.aborted ? Promise.reject(new DOMException("stopped", "AbortError")) : Promise.resolve();
  }

  now() {
    return this.clock;
  }

  get whole() {
    return [...this.parts.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, bytes]) => bytes)
      .join("");
  }
}

const text = (blob: Blob) =>
  new Promise<string>((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.readAsText(blob);
  });

const CONTENT = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
const file = new Blob([CONTENT]);
const slot = (stored: number[] = []): Slot => ({
  bytes: 95,
  part_bytes: PART,
  parts: 10,
  stored: stored.map((number) => ({ number, bytes: number === 10 ? 5 : PART })),
});
const upload = (store: FakeStore, stored: number[] = []) => new Uploader(file, slot(stored), store);

describe("the uploader", () => {
  it("brings every byte into its part, at most three parts at once", async () => {
    const store = new FakeStore();
    const uploader = upload(store);
    await uploader.run();
    expect(store.whole).toBe(CONTENT);
    expect(store.most).toBe(3);
    expect([...store.puts].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(store.asked).toBeLessThanOrEqual(3);
    expect(uploader.view).toMatchObject({ phase: "sent", sent: 95, total: 95 });
  });

  it("sends after a reload only what the store does not have", async () => {
    const store = new FakeStore();
    const uploader = upload(store, [1, 2, 4, 10]);
    expect(uploader.view.sent).toBe(35);
    await uploader.run();
    expect([...store.puts].sort((a, b) => a - b)).toEqual([3, 5, 6, 7, 8, 9]);
    const done = new FakeStore();
    await upload(done, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).run();
    expect([done.puts, done.asked]).toEqual([[], 0]);
  });

  it("sends a part again that the store has in another length", async () => {
    const store = new FakeStore();
    await new Uploader(
      file,
      {
        ...slot(),
        stored: [
          { number: 1, bytes: 3 },
          { number: 77, bytes: 10 },
        ],
      },
      store,
    ).run();
    expect(store.whole).toBe(CONTENT);
  });

  it("tries a broken part again after growing pauses, and the others go on", async () => {
    const store = new FakeStore();
    let left = 3;
    store.failure = (number) => (number === 2 && left-- > 0 ? new PutError(left === 1 ? 503 : 0) : null);
    const uploader = upload(store);
    await uploader.run();
    expect(store.whole).toBe(CONTENT);
    expect(store.puts.filter((number) => number === 2)).toHaveLength(4);
    expect(store.waits).toHaveLength(3);
    expect(uploader.view.phase).toBe("sent");
  });

  it("renews the URLs that ran out, without waiting", async () => {
    const store = new FakeStore();
    store.failure = (_, url) => (url.endsWith("signed=1") ? new PutError(403) : null);
    await upload(store).run();
    expect(store.whole).toBe(CONTENT);
    expect(store.waits).toEqual([]);
  });

  it("does not ask for ever when every URL is refused", async () => {
    const store = new FakeStore();
    store.failure = () => new PutError(403);
    const uploader = upload(store);
    await uploader.run();
    expect(uploader.view.phase).toBe("failed");
    expect(store.puts.length).toBeLessThan(40);
  });

  it("gives up when nothing gets through, says so, and goes on when asked to", async () => {
    const store = new FakeStore();
    store.failure = () => new PutError(0);
    const uploader = upload(store);
    await uploader.run();
    expect(uploader.view).toMatchObject({ phase: "failed", sent: 0 });
    expect(uploader.view.reason).toContain("cannot be reached");
    store.failure = () => null;
    await uploader.run();
    expect(store.whole).toBe(CONTENT);
  });

  it("tells at once what no waiting cures", async () => {
    for (const [error, words] of [
      [new PutError(404), "no longer waits"],
      [new PutError(507), "no more room"],
      [new Error("The file cannot be read."), "cannot be read"],
    ] as const) {
      const store = new FakeStore();
      store.failure = () => error;
      const uploader = upload(store);
      await uploader.run();
      expect(uploader.view.phase).toBe("failed");
      expect(uploader.view.reason).toContain(words);
      expect(store.waits).toEqual([]);
    }
    const store = new FakeStore();
    store.urls = () =>
      Promise.reject(new Problem(409, "conflict", "In conflict", "the time to upload this file is over"));
    const uploader = upload(store);
    await uploader.run();
    expect(uploader.view.reason).toContain("the time to upload");
  });

  it("waits for a server that is away while it asks for URLs", async () => {
    const store = new FakeStore();
    const urls = store.urls.bind(store);
    let away = 2;
    store.urls = (parts) => (away-- > 0 ? Promise.reject(new TypeError("Failed to fetch")) : urls(parts));
    await upload(store).run();
    expect(store.whole).toBe(CONTENT);
  });

  it("pauses at once, loses no whole part, and goes on", async () => {
    const store = new FakeStore();
    const uploader = upload(store, [1]);
    store.hang = true;
    const running = uploader.run();
    await Promise.resolve();
    await uploader.stop();
    await running;
    expect(uploader.view).toMatchObject({ phase: "paused", sent: 10, bytesPerSecond: null });
    store.hang = false;
    await uploader.run();
    expect(uploader.view.phase).toBe("sent");
    expect(store.parts.size).toBe(9);
  });

  it("knows its speed and the time that is left", async () => {
    const store = new FakeStore();
    const seen: (number | null)[] = [];
    const uploader: Uploader = new Uploader(file, slot(), store, () => seen.push(uploader.view.secondsLeft));
    await uploader.run();
    const known = seen.filter((left): left is number => left !== null);
    expect(known.length).toBeGreaterThan(3);
    expect(Math.min(...known)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...known)).toBeLessThan(60);
  });

  it("waits longer each time, half a minute at most", () => {
    expect([0, 1, 2, 9].map((n) => pause(n, 0.5))).toEqual([1000, 2000, 4000, 30_000]);
    expect(pause(0, 0)).toBe(750);
  });
});
