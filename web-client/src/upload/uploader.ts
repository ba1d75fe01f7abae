// Sends a file in parts, a few at once, each again until the store has it. Knows nothing of pages; time and network are given to it.
import { Problem } from "../api/problem";
import { PutError } from "./put";
import { Speed } from "./speed";

/** What the server says about the upload, as far as it matters here. */
export interface Slot {
  bytes: number;
  part_bytes: number;
  parts: number;
  stored: { number: number; bytes: number }[];
}

export interface Transport {
  /** Fresh URLs for these parts. */
  urls(parts: number[]): Promise<{ urls: { number: number; url: string }[] }>;
  put(url: string, part: Blob, sent: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  /** Resolves after so long, or rejects when stopped. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  now(): number;
}

export type Phase = "sending" | "paused" | "waiting" | "sent" | "failed";

export interface View {
  phase: Phase;
  sent: number;
  total: number;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  /** Why it waits or failed. */
  reason: string | null;
}

/** Parts on their way at once. */
const LANES = 3;
/** URLs asked for at once: what the lanes need in the next seconds. */
const AHEAD = 8;
/** Attempts in a row without any part getting through, before the person is asked. */
const FAILURES_MAX = 10;

/** Pause before attempt n, ms; spread, so that lanes don't come back at once. */
export function pause(attempt: number, random = Math.random()): number {
  return Math.min(1000 * 2 ** attempt, 30_000) * (0.75 + random / 2);
}

export class Uploader {
  private readonly missing: number[];
  private readonly flying = new Map<number, number>();
  private readonly signed = new Map<number, string>();
  private asking: Promise<void> | null = null;
  private stored = 0;
  private phase: Phase = "paused";
  private reason: string | null = null;
  private failures = 0;
  private stopper = new AbortController();
  private readonly speed = new Speed();
  private running: Promise<void> | null = null;

  constructor(
    private readonly file: Blob,
    private readonly slot: Slot,
    private readonly transport: Transport,
    private readonly changed: () => void = () => undefined,
  ) {
    const there = new Set(
      slot.stored.filter((part) => part.bytes === this.length(part.number)).map((part) => part.number),
    );
    this.missing = Array.from({ length: slot.parts }, (_, i) => i + 1).filter((number) => !there.has(number));
    for (const number of there) this.stored += this.length(number);
  }

  private length(number: number): number {
    return Math.max(0, Math.min(this.slot.part_bytes, this.slot.bytes - (number - 1) * this.slot.part_bytes));
  }

  get view(): View {
    const sent = [...this.flying.values()].reduce((sum, bytes) => sum + bytes, this.stored);
    const bytesPerSecond = this.phase === "sending" ? this.speed.bytesPerSecond : null;
    const secondsLeft = bytesPerSecond ? (this.slot.bytes - sent) / bytesPerSecond : null;
    return { phase: this.phase, sent, total: this.slot.bytes, bytesPerSecond, secondsLeft, reason: this.reason };
  }

  /** Sends what is missing; resolves when all is there, it was paused, or it failed: `view` says which. */
  run(): Promise<void> {
    this.running ??= this.lanes().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Stops what is on its way; `run` goes on with it. */
  async stop(): Promise<void> {
    this.stopper.abort();
    await this.running?.catch(() => undefined);
  }

  private async lanes(): Promise<void> {
    this.stopper = new AbortController();
    this.failures = 0;
    this.speed.forget();
    this.become(this.missing.length === 0 ? "sent" : "sending", null);
    const { signal } = this.stopper;
    const lanes = Array.from({ length: LANES }, () => this.lane(signal));
    try {
      await Promise.all(lanes);
      if (this.phase !== "sent") this.become("sent", null);
    } catch (error) {
      this.stopper.abort();
      await Promise.allSettled(lanes);
      if (error instanceof DOMException && error.name === "AbortError") this.become("paused", null);
      else this.become("failed", error instanceof Error ? error.message : "Something went wrong.");
    }
  }

  private async lane(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    for (let number = this.missing.shift(); number !== undefined; number = this.missing.shift()) {
      try {
        await this.send(number, signal);
        attempt = 0;
      } catch (error) {
        this.flying.delete(number);
        // In order again, so that the file fills from its beginning.
        this.missing.push(number);
        this.missing.sort((a, b) => a - b);
        if (signal.aborted) throw new DOMException("stopped", "AbortError");
        await this.afterFailure(error, attempt++, signal);
      }
    }
  }

  private async send(number: number, signal: AbortSignal): Promise<void> {
    const url = await this.url(number);
    signal.throwIfAborted();
    const from = (number - 1) * this.slot.part_bytes;
    this.flying.set(number, 0);
    const sent = (bytes: number) => {
      if (!this.flying.has(number)) return;
      this.flying.set(number, Math.min(bytes, this.length(number)));
      this.speed.note(this.transport.now(), this.view.sent);
      this.changed();
    };
    await this.transport.put(url, this.file.slice(from, from + this.length(number)), sent, signal);
    this.flying.delete(number);
    this.signed.delete(number);
    this.stored += this.length(number);
    this.failures = 0;
    this.speed.note(this.transport.now(), this.view.sent);
    this.become("sending", null);
  }

  /** A URL from the last asking, or a new one; lanes that ask at once ask together. */
  private async url(number: number): Promise<string> {
    for (;;) {
      const known = this.signed.get(number);
      if (known !== undefined) return known;
      this.asking ??= this.ask([number, ...this.missing.slice(0, AHEAD - 1)]).finally(() => {
        this.asking = null;
      });
      await this.asking;
    }
  }

  private async ask(parts: number[]): Promise<void> {
    const { urls } = await this.transport.urls([...new Set(parts)].filter((number) => !this.signed.has(number)));
    for (const { number, url } of urls) this.signed.set(number, url);
    if (!this.signed.has(parts[0]!)) throw new Error("The server gives no address to send to.");
  }

  /** Waits and returns when another attempt makes sense, else throws what the person should read. */
  private async afterFailure(error: unknown, attempt: number, signal: AbortSignal): Promise<void> {
    const status =
      error instanceof PutError || error instanceof Problem ? error.status : error instanceof TypeError ? 0 : null;
    // Whatever was wrong with one URL is wrong with those signed beside it.
    this.signed.clear();
    if (status === null) throw error;
    if (error instanceof Problem && status >= 400 && status < 500 && status !== 408 && status !== 429) throw error;
    if (error instanceof PutError) {
      if (status === 404) throw new Error("The store no longer waits for this file. Go on to send it again.");
      if (status === 507) throw new Error("The server has no more room. Delete what is no longer needed, then go on.");
    }
    this.failures += 1;
    if (this.failures > FAILURES_MAX)
      throw new Error(`Nothing gets through: ${(error as Error).message}. Check the connection, then go on.`);
    // A URL that ran out is renewed at once; only when that does not help it is waited.
    if (status === 403 && attempt === 0) return;
    this.speed.forget();
    if (this.flying.size === 0)
      this.become(
        "waiting",
        status === 0 ? "The connection is lost. It goes on by itself." : "The server is busy. It goes on by itself.",
      );
    await this.transport.wait(pause(attempt), signal);
    if (this.phase === "waiting") this.become("sending", null);
  }

  private become(phase: Phase, reason: string | null): void {
    this.phase = phase;
    this.reason = reason;
    this.changed();
  }
}
