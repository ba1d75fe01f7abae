// Keeps a participant on the screen: waits until there is something to watch, and asks again when the connection is lost.
import { asProblem, type Problem } from "../api/problem";
import { watch, type Viewing } from "./whep";
import { remove } from "./whip";

export type WatcherState =
  | { is: "connecting" }
  /** Nothing is sent at the moment. */
  | { is: "waiting" }
  | { is: "live"; stream: MediaStream }
  | { is: "ended" }
  /** It cannot go on. */
  | { is: "failed"; problem: Problem };

/** A connection that only stutters gets this long to heal by itself. */
const HEAL_MS = 2500;
/** How long to wait before the server is asked again, milliseconds: first, and at most. */
const AGAIN_MS = [2000, 5000] as const;

export interface Seams {
  watch: (endpoint: string, signal?: AbortSignal) => Promise<Viewing>;
  remove: (location: string) => Promise<Response>;
}

export class Watcher {
  private current: Viewing | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private abort = new AbortController();
  private wait: number = AGAIN_MS[0];
  private over = false;

  constructor(
    private readonly endpoint: string,
    private readonly changed: (state: WatcherState) => void,
    private readonly seams: Seams = { watch, remove },
  ) {}

  start(): void {
    this.changed({ is: "connecting" });
    void this.attempt();
  }

  /** The session is over, or the page goes away. */
  stop(): void {
    this.over = true;
    this.abort.abort();
    this.drop();
  }

  private async attempt(): Promise<void> {
    try {
      const viewing = await this.seams.watch(this.endpoint, this.abort.signal);
      if (this.over) {
        viewing.pc.close();
        void this.seams.remove(viewing.location).catch(() => undefined);
        return;
      }
      this.current = viewing;
      this.listen(viewing);
    } catch (error) {
      if (!this.over) this.refused(asProblem(error));
    }
  }

  private refused(problem: Problem): void {
    if (problem.status === 409 && problem.kind === "state") {
      this.over = true;
      this.changed({ is: "ended" });
    } else if ([400, 401, 403, 404, 422].includes(problem.status)) {
      this.over = true;
      this.changed({ is: "failed", problem });
    } else {
      this.changed({ is: "waiting" });
      this.later(this.wait, () => void this.attempt());
      this.wait = Math.min(this.wait * 1.5, AGAIN_MS[1]);
    }
  }

  private listen({ pc, stream }: Viewing): void {
    const check = () => {
      if (this.current?.pc !== pc || this.over) return;
      if (pc.connectionState === "connected") {
        this.clear();
        this.wait = AGAIN_MS[0];
        this.changed({ is: "live", stream });
      } else if (pc.connectionState === "disconnected") {
        this.later(HEAL_MS, () => this.lost());
      } else if (pc.connectionState === "failed" || pc.connectionState === "closed") {
        this.lost();
      }
    };
    pc.addEventListener("connectionstatechange", check);
    check();
  }

  private lost(): void {
    this.drop();
    this.changed({ is: "connecting" });
    void this.attempt();
  }

  private later(ms: number, run: () => void): void {
    this.clear();
    this.timer = setTimeout(run, ms);
  }

  private clear(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Closes what is there, here and at the server. */
  private drop(): void {
    this.clear();
    const viewing = this.current;
    this.current = null;
    if (!viewing) return;
    viewing.pc.close();
    void this.seams.remove(viewing.location).catch(() => undefined);
  }
}
