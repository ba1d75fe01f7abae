// What the Arena holds together: camera, publishing, the live channel, the question, the clock.
import { useCallback, useEffect, useRef, useState } from "react";
import { livePath, whipPath } from "../../api/calls";
import type { Problem } from "../../api/problem";
import type { AskedQuestion, Session } from "../../api/types";
import * as camera from "../../live/camera";
import { refusal, watch, type Refusal } from "../../live/capture";
import type { Hint } from "../../live/hints";
import type { Numbered } from "../../live/messages";
import { Publisher, type PublisherState } from "../../live/publisher";
import { LiveSocket, liveUrl } from "../../live/socket";
import { pause, start, zero, type Timer } from "../../live/timer";

/** Why the answer stands still. */
export type Hold = { why: "asked" } | { why: "device"; what: "camera" | "microphone"; refused: Refusal | null };

export interface ArenaState {
  stream: MediaStream | null;
  refused: Refusal | null;
  connection: PublisherState;
  question: AskedQuestion | null;
  index: number;
  count: number;
  timer: Timer;
  hold: Hold | null;
  hint: Hint | null;
  /** The server ended the session, or it was stopped here. */
  ended: boolean;
  problem: Problem | null;
  /** Something the server said about this session, for a few seconds. */
  notice: string | null;
  next: () => void;
  stop: () => void;
  pause: () => void;
  resume: () => void;
  retry: () => void;
}

const NOTICE_MS = 6000;

const now = () => performance.now();

export function useArena(session: Session): ArenaState {
  const { id, questions } = session;
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const [connection, setConnection] = useState<PublisherState>({ is: "connecting" });
  // After a crash of the page the session goes on where it was.
  const [index, setIndex] = useState(() => Math.max(0, Math.min(session.answers.length, questions.length) - 1));
  const [timer, setTimer] = useState<Timer>(zero);
  const [hold, setHold] = useState<Hold | null>(null);
  const [hint, setHint] = useState<Hint | null>(null);
  const [ended, setEnded] = useState(false);
  const [notice, setNotice] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const publisher = useRef<Publisher | null>(null);
  const socket = useRef<LiveSocket | null>(null);
  const begun = useRef(session.answers.length > 0);
  const held = useRef<Hold | null>(null);

  const hear = useCallback((message: Numbered) => {
    switch (message.type) {
      case "hint":
        if (!held.current) setHint({ ...message });
        break;
      case "state":
      case "snapshot":
        if (message.state && !["created", "live", "grace"].includes(message.state)) setEnded(true);
        break;
      case "report_ready":
        setEnded(true);
        break;
      case "error":
        setNotice(message.detail ? `${message.title}: ${message.detail}` : message.title);
        break;
      default:
        break;
    }
  }, []);

  // The live channel lives as long as the page.
  useEffect(() => {
    const channel = new LiveSocket(liveUrl(livePath(id)), hear);
    socket.current = channel;
    channel.open();
    return () => channel.close();
  }, [id, hear]);

  useEffect(() => {
    if (notice === null) return;
    const over = setTimeout(() => setNotice(null), NOTICE_MS);
    return () => clearTimeout(over);
  }, [notice]);

  const setHeld = (next: Hold | null) => {
    held.current = next;
    setHold(next);
    setHint(null);
  };

  // Camera first, then publishing. A second attempt puts the new stream in place of the old.
  useEffect(() => {
    let gone = false;
    let unwatch: () => void = () => undefined;
    (attempt === 0 ? camera.take() : camera.reopen())
      .then((opened) => {
        if (gone) return;
        setStream(opened);
        setRefused(null);
        unwatch = watch(opened, (what) => {
          setHeld({ why: "device", what, refused: null });
          setTimer((x) => pause(x, now()));
          socket.current?.send({ type: "mark", what: "pause" });
        });
        if (publisher.current) {
          publisher.current.replace(opened);
          if (held.current?.why === "device") {
            socket.current?.send({ type: "mark", what: "resume" });
            setHeld(null);
            setTimer((x) => start(x, now()));
          }
          return;
        }
        publisher.current = new Publisher(whipPath(id), opened, setConnection);
        publisher.current.start();
      })
      .catch((error: unknown) => {
        if (gone) return;
        if (held.current?.why === "device") setHeld({ ...held.current, refused: refusal(error) });
        else setRefused(refusal(error));
      });
    return () => {
      gone = true;
      unwatch();
    };
  }, [id, attempt]);

  // Leaving in any way ends the session; the request outlives the page.
  useEffect(() => {
    const leave = () => publisher.current?.leave();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
      publisher.current = null;
      camera.release();
    };
  }, [id]);

  // A device that comes back is taken at once.
  const waiting = hold?.why === "device";
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!waiting || !media) return;
    const back = () => setAttempt((n) => n + 1);
    media.addEventListener("devicechange", back);
    return () => media.removeEventListener("devicechange", back);
  }, [waiting]);

  const question = questions[index] ?? null;
  const live = connection.is === "live";

  // The first question is asked the moment the media flows.
  useEffect(() => {
    if (!live) return;
    if (!held.current) setTimer((x) => start(x, now()));
    const first = questions[0];
    if (begun.current || !first) return;
    begun.current = true;
    socket.current?.send({ type: "mark", what: "question", question_id: first.id });
  }, [live, questions]);

  const next = useCallback(() => {
    const following = questions[index + 1];
    if (!following || held.current) return;
    socket.current?.send({ type: "mark", what: "question", question_id: following.id });
    setIndex(index + 1);
    setTimer(start(zero, now()));
    setHint(null);
  }, [index, questions]);

  const stop = useCallback(() => {
    setHint(null);
    setTimer((x) => pause(x, now()));
    const publishing = publisher.current;
    // A failed DELETE is no reason to stay: the server ends the session by itself after its grace.
    void (publishing ? publishing.stop().catch(() => undefined) : Promise.resolve()).then(() => setEnded(true));
  }, []);

  const muted = (off: boolean) => stream?.getTracks().forEach((track) => (track.enabled = !off));
  const pauseNow = () => {
    if (held.current || !live) return;
    muted(true);
    socket.current?.send({ type: "mark", what: "pause" });
    setHeld({ why: "asked" });
    setTimer((x) => pause(x, now()));
  };
  const resume = () => {
    if (held.current?.why !== "asked") return;
    muted(false);
    socket.current?.send({ type: "mark", what: "resume" });
    setHeld(null);
    setTimer((x) => start(x, now()));
  };

  return {
    stream,
    refused,
    connection,
    question,
    index,
    count: questions.length,
    timer,
    hold,
    hint,
    ended,
    problem: connection.is === "failed" ? connection.problem : null,
    notice,
    next,
    stop,
    pause: pauseNow,
    resume,
    retry: () => setAttempt((n) => n + 1),
  };
}
