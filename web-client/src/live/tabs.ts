// Which tab of this browser has the camera of a session: one at a time, and another one gets it by asking.

/** A tab that has the camera answers within this time. */
export const ANSWER_MS = 300;
/** A tab that is asked for the camera lets go of it within this time. */
export const RELEASE_MS = 1500;

type Message =
  { what: "who"; from: string } | { what: "held" } | { what: "give"; from: string } | { what: "given"; to: string };

/** The part of a BroadcastChannel that is used. */
export interface Channel {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

function broadcast(name: string): Channel | null {
  return typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);
}

export class TabTurn {
  private readonly channel: Channel | null;
  private readonly id = Math.random().toString(36).slice(2);
  private holds = false;
  private claiming = false;
  private answered: (() => void) | null = null;

  /** `handed`: called when another tab was given the camera. It must be let go of before the call returns. */
  constructor(
    session: string,
    private readonly handed: () => void,
    open: (name: string) => Channel | null = broadcast,
  ) {
    this.channel = open(`coach.camera.${session}`);
    if (this.channel) this.channel.onmessage = (event) => this.hear(event.data);
  }

  /** Resolves to true when no other tab has the camera; then this one has. */
  async claim(): Promise<boolean> {
    this.claiming = true;
    const taken = await this.ask({ what: "who", from: this.id }, ANSWER_MS);
    this.claiming = false;
    this.holds = !taken;
    return this.holds;
  }

  /** Asks the other tab to let go of the camera; a tab that does not answer has lost it. */
  async take(): Promise<void> {
    await this.ask({ what: "give", from: this.id }, RELEASE_MS);
    this.holds = true;
  }

  close(): void {
    this.holds = false;
    this.channel?.close();
  }

  /** Resolves to whether an answer came in time. */
  private ask(message: Message, withinMs: number): Promise<boolean> {
    if (!this.channel) return Promise.resolve(false);
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), withinMs);
      this.answered = () => {
        clearTimeout(late);
        resolve(true);
      };
      this.channel?.postMessage(message);
    });
  }

  private hear(data: unknown): void {
    const message = data as Message | null;
    switch (message?.what) {
      case "who":
        // Of two tabs that open at once, the one with the lesser id is first.
        if (this.holds || (this.claiming && this.id < message.from)) this.channel?.postMessage({ what: "held" });
        // The other one may have opened too late to hear the first question.
        else if (this.claiming) this.channel?.postMessage({ what: "who", from: this.id });
        break;
      case "held":
        if (this.claiming) this.answered?.();
        break;
      case "give":
        if (!this.holds) break;
        this.holds = false;
        this.handed();
        this.channel?.postMessage({ what: "given", to: message.from });
        break;
      case "given":
        if (message.to === this.id) this.answered?.();
        break;
      default:
        break;
    }
  }
}
