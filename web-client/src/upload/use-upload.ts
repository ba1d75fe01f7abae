// An upload from the chosen file to the analysis in the queue, as one state that a page can show.
import { useCallback, useEffect, useRef, useState } from "react";
import * as calls from "../api/calls";
import { asProblem, Problem } from "../api/problem";
import { checksum } from "./checksum";
import { mediaType } from "./kinds";
import { difference, forget, recall, remember, type Unfinished } from "./memory";
import { put } from "./put";
import { pause, Uploader, type Transport, type View } from "./uploader";

export type Stage =
  | { at: "choose" }
  | { at: "opening"; file: File }
  | { at: "sending"; file: File; session: string; uploader: Uploader; crc64: Promise<string | null> }
  | { at: "checking"; file: File; session: string }
  | { at: "done"; session: string };

function transport(session: string): Transport {
  return {
    urls: (parts) => calls.uploadUrls(session, parts),
    put,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
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
      }),
    now: () => performance.now(),
  };
}

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

// eslint-disable-next-line max-lines-per-function -- one sequence over one state: opening, sending, checking, and the ways out of each
export function useUpload(onDone: (session: string) => void) {
  const [stage, setStage] = useState<Stage>({ at: "choose" });
  const [unfinished, setUnfinished] = useState<Unfinished | null>(recall);
  const [problem, setProblem] = useState<string | null>(null);
  const [view, showView] = useState<View | null>(null);
  const leaving = useRef(new AbortController());
  const active = useRef<Uploader | null>(null);
  const goingOn = useRef(false);

  useEffect(() => {
    leaving.current = new AbortController();
    const controller = leaving.current;
    return () => {
      controller.abort();
      void active.current?.stop();
    };
  }, []);

  const reset = useCallback((why: string | null) => {
    active.current = null;
    setUnfinished(recall());
    setStage({ at: "choose" });
    setProblem(why);
  }, []);

  // Numbers are shown a few times a second, however often they change.
  const sending = stage.at === "sending" ? stage.uploader : null;
  useEffect(() => {
    if (!sending) return;
    showView(sending.view);
    const timer = setInterval(() => showView(sending.view), 250);
    return () => clearInterval(timer);
  }, [sending]);

  const finish = useCallback(
    async (file: File, session: string, crc64: Promise<string | null>) => {
      setStage({ at: "checking", file, session });
      const { signal } = leaving.current;
      let sum: string | null;
      try {
        sum = await crc64;
      } catch (error) {
        if (!signal.aborted) reset(asProblem(error).message);
        return;
      }
      for (let attempt = 0; ; attempt++) {
        try {
          await calls.completeUpload(session, sum);
          forget();
          // Whoever has left the page is not called back to it.
          if (signal.aborted) return;
          setStage({ at: "done", session });
          onDone(session);
          return;
        } catch (error) {
          if (signal.aborted) return;
          const told = asProblem(error);
          // Refused for good: the server has thrown it away.
          if (told.status === 422) forget();
          if ((told.status !== 0 && told.status < 500) || attempt >= CHECKS) return reset(told.message);
          await transport(session)
            .wait(pause(attempt), signal)
            .catch(() => undefined);
        }
      }
    },
    [onDone, reset],
  );

  const send = useCallback(
    async (file: File, session: string, uploader: Uploader, crc64: Promise<string | null>) => {
      setProblem(null);
      await uploader.run();
      if (leaving.current.signal.aborted) return;
      showView(uploader.view);
      if (uploader.view.phase === "sent") await finish(file, session, crc64);
    },
    [finish],
  );

  /** Sends what the store does not have. `sum`: the file's, where it is computed already. */
  const begin = useCallback(
    async (file: File, session: string, sum?: Promise<string | null>) => {
      const { signal } = leaving.current;
      const type = mediaType(file) ?? "";
      const slot = await calls.openUpload(session, { name: file.name, content_type: type, bytes: file.size });
      // Whoever has left the page meanwhile finds the upload unfinished: nothing is sent unseen.
      if (signal.aborted) return;
      if (slot.job !== null) return onDone(session);
      const same = sum !== undefined || (await sameBeginning(file, slot, signal));
      if (signal.aborted) return;
      if (!same) return reset(`${file.name} is not the file whose upload was begun. Choose that one, or give it up.`);
      const uploader = new Uploader(file, slot, transport(session));
      active.current = uploader;
      const crc64 = sum ?? checksum(file, signal);
      // A file that cannot be read shows here too; it is told when it is waited for.
      crc64.catch(() => undefined);
      showView(uploader.view);
      setStage({ at: "sending", file, session, uploader, crc64 });
      await send(file, session, uploader, crc64);
    },
    [onDone, reset, send],
  );

  /** A new upload of this file, as the answer to this question. */
  const start = useCallback(
    async (file: File, question: string) => {
      setProblem(null);
      setStage({ at: "opening", file });
      let made: string | null = null;
      try {
        const session = await calls.createSession({ questions: [question], source: "upload" });
        made = session.id;
        remember({ session: made, question, name: file.name, bytes: file.size, modified: file.lastModified });
        await begin(file, made);
      } catch (error) {
        // A session without a file is of no use to anybody.
        if (made && error instanceof Problem && error.status === 422) {
          forget();
          await calls.deleteSession(made).catch(() => undefined);
        }
        reset(asProblem(error).message);
      }
    },
    [begin, reset],
  );

  /** What an upload that was begun before may meet. */
  const meet = useCallback(
    (error: unknown, session: string) => {
      const told = asProblem(error);
      if (told.kind === "state") {
        forget();
        onDone(session);
      } else if (told.status === 404) {
        forget();
        reset("The unfinished upload is gone. Begin anew.");
      } else reset(told.message);
    },
    [onDone, reset],
  );

  /** Goes on with the unfinished one, if this is its file. */
  const resume = useCallback(
    async (file: File) => {
      if (!unfinished) return;
      const why = difference(unfinished, file);
      if (why) return setProblem(why);
      setProblem(null);
      setStage({ at: "opening", file });
      await begin(file, unfinished.session).catch((error: unknown) => meet(error, unfinished.session));
    },
    [begin, meet, unfinished],
  );

  // The page may have been closed after the last part: then there is nothing to go on with, and no file to ask for.
  useEffect(() => {
    const before = recall();
    if (!before) return;
    calls.session(before.session).then(
      ({ state }) => {
        if (state === "created" || leaving.current.signal.aborted) return;
        forget();
        onDone(before.session);
      },
      (error: unknown) => {
        if (error instanceof Problem && error.status === 404) {
          forget();
          setUnfinished(null);
        }
      },
    );
  }, [onDone]);

  /** Erases what came so far. */
  const giveUp = useCallback(
    async (session: string) => {
      await active.current?.stop();
      try {
        await calls.deleteSession(session);
      } catch (error) {
        if (!(error instanceof Problem && error.status === 404)) return setProblem(asProblem(error).message);
      }
      forget();
      reset(null);
    },
    [reset],
  );

  const hold = useCallback(async () => {
    await active.current?.stop();
    if (active.current) showView(active.current.view);
  }, []);

  /** Goes on after a pause or a failure, however long it was: the slot is asked for again. */
  const goOn = useCallback(async () => {
    // Pressed twice it would send everything twice.
    if (stage.at !== "sending" || goingOn.current) return;
    goingOn.current = true;
    setProblem(null);
    try {
      await begin(stage.file, stage.session, stage.crc64);
    } catch (error) {
      const told = asProblem(error);
      if (told.status === 0 || told.status >= 500) setProblem(told.message);
      else meet(error, stage.session);
    } finally {
      goingOn.current = false;
    }
  }, [begin, meet, stage]);

  return { stage, view, problem, unfinished, start, resume, giveUp, hold, goOn, complain: setProblem };
}
