// Keeps a session published: when the connection is lost it publishes again, for as long as the server waits (60 s).
import { Problem, asProblem } from "../api/problem";
import { publish as whip, remove, type Publication } from "./whip";

/** The server's grace: afterwards the session ends there. */
export const GRACE_MS = 60_000;
/** A connection that only stutters gets this long to heal by itself. */
export const HEAL_MS = 2500;

export type PublisherState =
  | { is: "connecting" }
  | { is: "live" }
  /** Lost at `since` (wall time in ms); publishing again is under way. */
  | { is: "lost"; since: number }
  | { is: "stopping" }
  | { is: "stopped" }
  /** It cannot go on. */
  | { is: "failed"; problem: Problem };

export interface Seams {
  publish: (endpoint: string, stream: MediaStream, signal?: AbortSignal) => Promise<Publication>;
  remove: (location: string) => Promise<Response>;
  /** Ends a session of which no publishing is known here. */
  end: (endpoint: string) => Promise<void>;
  now: () => number;
}

/** For an interviewer, whose leaving ends nothing but their own publishing. */
export const OF_INTERVIEWER: Seams = { publish: whip, remove, end: () => Promise.resolve(), now: () => Date.now() };

const REAL: Seams = { publish: whip, remove, end: endAtServer, now: () => Date.now() };

const UNREACHABLE = new Problem(
  0,
  "media",
  "Video and audio do not get through",
  "A firewall may be in the way. What was recorded is safe.",
);

/** Refusals that no second try will change. */
const final = (problem: Problem) =>
  problem.kind !== "not-yet" &&
  problem.status >= 400 &&
  problem.status < 500 &&
  problem.status !== 408 &&
  problem.status !== 429;

export class Publisher {
  private state: PublisherState = { is: "connecting" };
  private current: Publication | null = null;
  private lostSince: number | null = null;
  private retries = 0;
  /** The page went away without ending the session. */
  private left = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private abort: AbortController | null = null;

  constructor(
    private readonly endpoint: string,
    private stream: MediaStream,
    private readonly changed: (state: PublisherState) => void,
    private readonly seams: Seams = REAL,
  ) {}

  start(): void {
    this.set({ is: "connecting" });
    void this.attempt();
  }

  /** Publishes another stream in place of the old one, e.g. after a camera was plugged in again. */
  replace(stream: MediaStream): void {
    if (this.over()) return;
    this.stream = stream;
    this.lost();
  }

  /**
   * Ends the session: DELETE, then the connection is closed, because the browser would keep it open for seconds.
   * While the connection is lost there is nothing to DELETE, and the server would wait for it: it is told to end all the same.
   */
  async stop(): Promise<void> {
    if (this.over()) return;
    const lost = this.lostSince !== null;
    this.set({ is: "stopping" });
    this.clear();
    const publication = this.current;
    try {
      if (publication) await this.deleted(publication.location);
      else if (lost) await this.seams.end(this.endpoint);
    } finally {
      this.closeCurrent();
      this.set({ is: "stopped" });
    }
  }

  /** The page goes away: the connection is closed, and the server waits for it to come back. */
  leave(): void {
    if (this.over()) return;
    this.clear();
    this.closeCurrent();
    this.left = true;
    this.state = { is: "stopped" };
  }

  private over(): boolean {
    return this.state.is === "stopping" || this.state.is === "stopped" || this.state.is === "failed";
  }

  private set(state: PublisherState): void {
    this.state = state;
    this.changed(state);
  }

  private async attempt(): Promise<void> {
    this.abort = new AbortController();
    const { signal } = this.abort;
    try {
      const publication = await this.seams.publish(this.endpoint, this.stream, signal);
      if (signal.aborted || this.over()) {
        // Stopped, or begun anew, while the answer was under way: it must not live on unseen.
        publication.pc.close();
        if (this.over() && !this.left) await this.seams.remove(publication.location).catch(() => undefined);
        return;
      }
      this.current = publication;
      this.listen(publication.pc);
    } catch (error) {
      if (signal.aborted || this.over()) return;
      const problem = asProblem(error);
      if (final(problem)) this.fail(problem);
      else this.again(problem);
    }
  }

  private listen(pc: RTCPeerConnection): void {
    const check = () => {
      if (this.current?.pc !== pc || this.over()) return;
      switch (pc.connectionState) {
        case "connected":
          this.clear();
          this.lostSince = null;
          this.retries = 0;
          this.set({ is: "live" });
          break;
        case "disconnected":
          this.notice();
          this.later(HEAL_MS, () => this.lost());
          break;
        case "failed":
        case "closed":
          this.lost();
          break;
        default:
          break;
      }
    };
    pc.addEventListener("connectionstatechange", check);
    check();
  }

  private notice(): void {
    this.lostSince ??= this.seams.now();
    this.set({ is: "lost", since: this.lostSince });
  }

  private lost(): void {
    this.closeCurrent();
    this.clear();
    this.notice();
    if (this.seams.now() - (this.lostSince ?? 0) > GRACE_MS) this.fail(UNREACHABLE);
    else void this.attempt();
  }

  private again(problem: Problem): void {
    this.notice();
    const since = this.lostSince ?? this.seams.now();
    const wait = Math.min(500 * 2 ** this.retries++, 5000);
    if (this.seams.now() + wait - since > GRACE_MS) this.fail(problem);
    else this.later(wait, () => void this.attempt());
  }

  private fail(problem: Problem): void {
    this.clear();
    this.closeCurrent();
    this.set({ is: "failed", problem });
  }

  private async deleted(location: string): Promise<void> {
    const response = await this.seams.remove(location);
    // 404: the session ended there already, which is what was wanted.
    if (!response.ok && response.status !== 404) {
      throw new Problem(
        response.status,
        "stop",
        "The session did not end cleanly",
        "It will end by itself within a minute.",
      );
    }
  }

  private later(ms: number, run: () => void): void {
    this.clear();
    this.timer = setTimeout(run, ms);
  }

  private clear(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.abort?.abort();
    this.abort = null;
  }

  private closeCurrent(): void {
    const publication = this.current;
    this.current = null;
    publication?.pc.close();
  }
}

/** How long ending a session may take whose publisher is gone, milliseconds. Later the server ends it by itself. */
const END_MS = 8000;

/**
 * Ends a session whose publisher is gone: only a publishing can be ended, so an empty one takes its place for a moment.
 * Rejects when the server cannot be reached in time.
 */
export async function endAtServer(endpoint: string): Promise<void> {
  const { pc, location } = await whip(endpoint, null, AbortSignal.timeout(END_MS));
  try {
    await remove(location);
  } finally {
    pc.close();
  }
}
