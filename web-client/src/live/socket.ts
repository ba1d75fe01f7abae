// The live channel: a WebSocket that comes back by itself. What was missed comes as a snapshot; nothing is asked for twice.
import { parse, type Numbered } from "./messages";

export type MarkKind = "question" | "answer_end" | "pause" | "resume" | "note" | "follow_up";

export type Outgoing =
  | { type: "mark"; what: MarkKind; question_id?: string; note?: string; follow_up?: true }
  | { type: "hint_feedback"; id: string; t: number; useful: boolean };

/** Wait before attempt n, in ms: quick at first, never more than 5 s, spread so that many pages don't come at once. */
export function backoff(attempt: number, random = Math.random()): number {
  return Math.min(250 * 2 ** attempt, 5000) * (0.75 + random / 2);
}

/** Messages that were said while the line was down, at most this many. */
const MAX_WAITING = 16;

export class LiveSocket {
  private socket: WebSocket | null = null;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;
  private lastSeq: number | null = null;
  private waiting: Outgoing[] = [];

  constructor(
    private readonly url: string,
    private readonly heard: (message: Numbered) => void,
    private readonly online: (open: boolean) => void = () => undefined,
    private readonly make: (url: string) => WebSocket = (address) => new WebSocket(address),
  ) {}

  open(): void {
    if (this.closed) return;
    const socket = this.make(this.url);
    this.socket = socket;
    // Numbers start anew with every connection.
    this.lastSeq = null;
    socket.addEventListener("open", () => {
      this.attempts = 0;
      this.online(true);
      for (const message of this.waiting.splice(0)) this.send(message);
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => this.receive(event.data));
    socket.addEventListener("close", () => this.down(socket));
  }

  /** Sends now, or as soon as the line is back. */
  send(message: Outgoing): void {
    if (this.closed) return;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
    else if (this.waiting.length < MAX_WAITING) this.waiting.push(message);
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
  }

  private receive(data: unknown): void {
    if (this.closed) return;
    const message = parse(data);
    if (!message) return;
    // A greeting, a snapshot and an answer to this page alone carry the number of the last message to all: they are never old.
    const own = message.type === "hello" || message.type === "snapshot" || message.type === "error";
    if (message.seq !== null) {
      if (!own && this.lastSeq !== null && message.seq <= this.lastSeq) return;
      this.lastSeq = message.seq;
    }
    this.heard(message);
  }

  private down(socket: WebSocket): void {
    if (this.closed || this.socket !== socket) return;
    this.socket = null;
    this.online(false);
    this.timer = setTimeout(() => this.open(), backoff(this.attempts++));
  }
}

export function liveUrl(path: string, page: { protocol: string; host: string } = window.location): string {
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}${path}`;
}
