// An upload from the chosen file to the analysis in the queue: the order of its steps, and the ways out of each. Knows nothing of pages.
import * as calls from "../api/calls";
import { asProblem, Problem } from "../api/problem";
import { checksum } from "./checksum";
import { mediaType } from "./kinds";
import { difference, forget, recall, remember, type Unfinished } from "./memory";
import { put } from "./put";
import type { UploadEvent } from "./upload-state";
import { pause, Uploader, type Transport } from "./uploader";

type Sum = Promise<string | null>;

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      signal.removeEventListener("abort", stop);
      how();
    };
    const go = () => settle(() => resolve());
    const stop = () => settle(() => reject(new DOMException("stopped", "AbortError")));
    const timer = setTimeout(go, ms);
    // Back on line is worth an attempt at once.
    window.addEventListener("online", go);
    signal.addEventListener("abort", stop);
  });
}

const transport = (session: string): Transport => ({
  urls: (parts) => calls.uploadUrls(session, parts),
  put,
  wait,
  now: () => performance.now(),
});

/** Whether the store's first part is the chosen file's: the sum that the store has of it, against the file on disk. */
async function sameBeginning(
  file: File,
  slot: { part_bytes: number; stored: { number: number; bytes: number; crc64: string | null }[] },
  signal: AbortSignal,
) {
  const first = slot.stored.find((part) => part.crc64 !== null);
  if (!first) return true;
  const from = (first.number - 1) * slot.part_bytes;
  const sum = await checksum(file.slice(from, from + first.bytes), signal);
  return sum === null || sum === first.crc64;
}

/** How often a check is asked for again when the server cannot answer. */
const CHECKS = 6;

export class UploadFlow {
  private leaving = new AbortController();
  private active: { file: File; session: string; uploader: Uploader; crc64: Sum } | null = null;
  private goingOn = false;

  constructor(
    private readonly tell: (event: UploadEvent) => void,
    /** The file is in the analysis' queue. */
    private readonly done: (session: string) => void,
  ) {}

  /** The page is there. An upload whose last part went out before the page was closed is led to its session. */
  enter(): void {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const before = recall();
    if (!before) return;
    calls.session(before.session).then(
      ({ state }) => {
        if (state === "created" || signal.aborted) return;
        forget();
        this.done(before.session);
      },
      (error: unknown) => {
        if (!(error instanceof Problem && error.status === 404)) return;
        forget();
        this.tell({ is: "unfinished_gone" });
      },
    );
  }

  /** The page goes away: nothing is sent unseen. */
  leave(): void {
    this.leaving.abort();
    void this.active?.uploader.stop();
  }

  /** A new upload of this file, as the answer to this question. */
  async start(file: File, question: string): Promise<void> {
    this.tell({ is: "opening", file });
    let made: string | null = null;
    try {
      const session = await calls.createSession({ questions: [question], source: "upload" });
      made = session.id;
      remember({ session: made, question, name: file.name, bytes: file.size, modified: file.lastModified });
      await this.begin(file, made);
    } catch (error) {
      // A session without a file is of no use to anybody.
      if (made && error instanceof Problem && error.status === 422) {
        forget();
        await calls.deleteSession(made).catch(() => undefined);
      }
      this.over(asProblem(error).message);
    }
  }

  /** Goes on with the unfinished one, if this is its file. */
  async resume(file: File, unfinished: Unfinished): Promise<void> {
    const why = difference(unfinished, file);
    if (why) return this.tell({ is: "problem", problem: why });
    this.tell({ is: "opening", file });
    await this.begin(file, unfinished.session).catch((error: unknown) => this.meet(error, unfinished.session));
  }

  /** Pauses what is on its way. */
  async hold(): Promise<void> {
    await this.active?.uploader.stop();
  }

  /** Goes on after a pause or a failure, however long it was: the slot is asked for again. */
  async goOn(): Promise<void> {
    const { active } = this;
    // Pressed twice it would send everything twice.
    if (!active || this.goingOn) return;
    this.goingOn = true;
    this.tell({ is: "going_on" });
    try {
      await this.begin(active.file, active.session, active.crc64);
    } catch (error) {
      const told = asProblem(error);
      if (told.status === 0 || told.status >= 500) this.tell({ is: "problem", problem: told.message });
      else this.meet(error, active.session);
    } finally {
      this.goingOn = false;
    }
  }

  /** Erases what came so far. */
  async giveUp(session: string): Promise<void> {
    await this.hold();
    try {
      await calls.deleteSession(session);
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404))
        return this.tell({ is: "problem", problem: asProblem(error).message });
    }
    forget();
    this.over(null);
  }

  private over(problem: string | null): void {
    this.active = null;
    this.tell({ is: "over", unfinished: recall(), problem });
  }

  /** Sends what the store does not have. `sum`: the file's, where it is computed already. */
  private async begin(file: File, session: string, sum?: Sum): Promise<void> {
    const { signal } = this.leaving;
    const type = mediaType(file) ?? "";
    const slot = await calls.openUpload(session, { name: file.name, content_type: type, bytes: file.size });
    // Whoever has left the page meanwhile finds the upload unfinished: nothing is sent unseen.
    if (signal.aborted) return;
    if (slot.job !== null) return this.done(session);
    const same = sum !== undefined || (await sameBeginning(file, slot, signal));
    if (signal.aborted) return;
    if (!same) return this.over(`${file.name} is not the file whose upload was begun. Choose that one, or give it up.`);
    const uploader = new Uploader(file, slot, transport(session));
    const crc64 = sum ?? checksum(file, signal);
    // A file that cannot be read shows here too; it is told when it is waited for.
    crc64.catch(() => undefined);
    this.active = { file, session, uploader, crc64 };
    this.tell({ is: "sending", file, session, uploader });
    await uploader.run();
    if (signal.aborted) return;
    if (uploader.view.phase === "sent") await this.finish(session, crc64);
  }

  /** What an upload that was begun before may meet. */
  private meet(error: unknown, session: string): void {
    const told = asProblem(error);
    if (told.kind === "state") {
      forget();
      this.done(session);
    } else if (told.status === 404) {
      forget();
      this.over("The unfinished upload is gone. Begin anew.");
    } else this.over(told.message);
  }

  /** All is sent: the server checks it against the sum of the file, if there is one. */
  private async finish(session: string, crc64: Sum): Promise<void> {
    this.tell({ is: "checking" });
    const { signal } = this.leaving;
    let sum: string | null;
    try {
      sum = await crc64;
    } catch (error) {
      if (!signal.aborted) this.over(asProblem(error).message);
      return;
    }
    for (let attempt = 0; ; attempt++) {
      try {
        await calls.completeUpload(session, sum);
        forget();
        // Whoever has left the page is not called back to it.
        if (signal.aborted) return;
        this.tell({ is: "done", session });
        return this.done(session);
      } catch (error) {
        if (signal.aborted) return;
        const told = asProblem(error);
        // Refused for good: the server has thrown it away.
        if (told.status === 422) forget();
        if ((told.status !== 0 && told.status < 500) || attempt >= CHECKS) return this.over(told.message);
        await wait(pause(attempt), signal).catch(() => undefined);
      }
    }
  }
}
