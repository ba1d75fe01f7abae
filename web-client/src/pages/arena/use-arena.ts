// The Arena with its real parts: camera, publisher, live channel, the other tabs. What it does next is arena-state.ts.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { livePath, whipPath } from "../../api/calls";
import type { Session } from "../../api/types";
import { keepAwake } from "../../live/awake";
import * as camera from "../../live/camera";
import { refusal, watch } from "../../live/capture";
import { switchHint } from "../../live/hint-choice";
import type { Numbered, Present } from "../../live/messages";
import { endAtServer, Publisher } from "../../live/publisher";
import { forgetRound, keepRound, recallRound } from "../../live/round";
import { LiveSocket, liveUrl } from "../../live/socket";
import { TabTurn } from "../../live/tabs";
import { elapsed } from "../../live/timer";
import { preferences } from "../../settings/preferences";
import { beginning, transition, type ArenaEvent, type ArenaState, type Effect } from "./arena-state";

export interface Arena extends ArenaState {
  stream: MediaStream | null;
  /** How many others see and hear what is sent. */
  viewers: number;
  /** Who asks the questions; null: nobody is there. */
  interviewer: Present | null;
  send: (event: ArenaEvent) => void;
  /** Asks the other tab for the camera, and goes on where it was. */
  takeOver: () => void;
  /** Tells the server that a hint did not help. */
  judgeHint: (hint: { id: string; t: number }, helpful: boolean) => void;
}

const NOTICE_MS = 6000;
/** How long a further question is waited for. */
const LISTENS_MS = 2500;
const now = () => performance.now();

/** What is held outside of React for as long as the page is there. */
interface Parts {
  publisher: Publisher | null;
  socket: LiveSocket | null;
  turn: TabTurn | null;
  stream: MediaStream | null;
  unwatch: () => void;
}

/** What a message of the live channel means here. */
function heard(message: Numbered): ArenaEvent | null {
  switch (message.type) {
    case "follow_up":
      return { is: "follow_up", text: message.text };
    case "asked":
      return { is: "asked", ...message.asked };
    case "hint":
      return { is: "hint", hint: { ...message } };
    case "hello":
      return message.session && { is: "server", state: message.session.state };
    case "state":
    case "snapshot":
      return message.state === null ? null : { is: "server", state: message.state };
    case "report_ready":
      return { is: "server", state: "ready" };
    case "error":
      return { is: "notice", text: message.detail ? `${message.title}: ${message.detail}` : message.title };
    default:
      return null;
  }
}

/** Carries out what a step asks for. */
function useEffects(id: string, parts: React.RefObject<Parts>, setStream: (stream: MediaStream) => void) {
  return useCallback(
    (effect: Effect, send: (event: ArenaEvent) => void) => {
      const hold = parts.current;
      switch (effect.do) {
        case "take":
          void hold.turn?.take().then(() => openCamera(hold, () => camera.take(), send, setStream));
          break;
        case "open_camera":
          openCamera(hold, opening(effect), send, setStream);
          break;
        case "publish":
          if (!hold.stream) break;
          if (hold.publisher) hold.publisher.replace(hold.stream);
          else {
            hold.publisher = new Publisher(whipPath(id), hold.stream, (connection) =>
              send({ is: "connection", connection }),
            );
            hold.publisher.start();
          }
          break;
        case "mark": {
          const { what, question_id, follow_up } = effect;
          hold.socket?.send({
            type: "mark",
            what,
            ...(question_id && { question_id }),
            ...(follow_up && { follow_up }),
          });
          break;
        }
        case "withhold":
          hold.stream?.getTracks().forEach((track) => (track.enabled = !effect.on));
          break;
        case "let_go":
          letGo(hold);
          break;
        case "stop":
          // A failed request is no reason to stay: the server ends the session by itself after its grace.
          void (hold.publisher ? hold.publisher.stop() : endAtServer(whipPath(id)))
            .catch(() => undefined)
            .then(() => send({ is: "stopped" }));
          break;
      }
    },
    [id, parts, setStream],
  );
}

/** How the camera is opened that a step asks for. */
function opening({ fresh, voiceOnly }: Extract<Effect, { do: "open_camera" }>): () => Promise<MediaStream> {
  if (voiceOnly) return () => camera.reopen({ ...camera.remembered(), voiceOnly: true });
  return fresh ? () => camera.reopen() : () => camera.take();
}

function openCamera(
  hold: Parts,
  open: () => Promise<MediaStream>,
  send: (event: ArenaEvent) => void,
  setStream: (stream: MediaStream) => void,
) {
  const { turn } = hold;
  // The page has gone: nobody would close what is opened now.
  if (!turn) return;
  open().then(
    (stream) => {
      // The page may have gone, or given the camera away, while the browser asked.
      if (hold.turn !== turn) return;
      hold.unwatch();
      hold.unwatch = watch(stream, (what) => send({ is: "device_gone", what }));
      hold.stream = stream;
      setStream(stream);
      send({ is: "opened" });
    },
    (error: unknown) => {
      if (hold.turn === turn && !(error instanceof camera.Overtaken)) {
        send({ is: "refused", refusal: refusal(error) });
      }
    },
  );
}

function letGo(hold: Parts) {
  hold.publisher?.leave();
  hold.publisher = null;
  hold.unwatch();
  hold.unwatch = () => undefined;
  hold.stream = null;
  camera.release();
}

export function useArena(session: Session): Arena {
  const { id } = session;
  const parts = useRef<Parts>({ publisher: null, socket: null, turn: null, stream: null, unwatch: () => undefined });
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [viewers, setViewers] = useState(0);
  const [interviewer, setInterviewer] = useState<Present | null>(null);
  const [state, setState] = useState(() => firstState(session));
  const latest = useRef(state);
  const run = useEffects(id, parts, setStream);

  const send = useCallback(
    function send(event: ArenaEvent) {
      const step = transition(latest.current, event, now());
      latest.current = step.state;
      setState(step.state);
      for (const effect of step.effects) run(effect, send);
    },
    [run],
  );

  // The live channel and the turn live as long as the page; leaving it ends nothing, the server waits.
  const begun = session.state !== "created";
  const { room } = session;
  useEffect(() => {
    const hold = parts.current;
    camera.expectOthers(room);
    hold.socket = new LiveSocket(
      liveUrl(livePath(id)),
      (message) => {
        if (message.type === "hello") send({ is: "channel", followsUp: message.followUps });
        if (message.type === "viewers") setViewers(message.count);
        if (message.type === "snapshot") setViewers(message.viewers);
        if (message.type === "interviewer" || message.type === "snapshot") setInterviewer(message.interviewer);
        if (message.type === "snapshot" && message.asked) send({ is: "asked", ...message.asked });
        const event = heard(message);
        if (event) send(event);
      },
      (open) => open || send({ is: "channel_lost" }),
    );
    hold.socket.open();
    const turn = new TabTurn(id, () => send({ is: "handed" }));
    hold.turn = turn;
    void turn.claim().then((mine) => hold.turn === turn && send({ is: "turn", mine, begun }));
    return () => {
      hold.turn = null;
      turn.close();
      letGo(hold);
      hold.socket?.close();
    };
  }, [id, send, begun, room]);

  usePageLeaving(state);
  useAwake(state);
  useMemory(id, state, latest);
  useClock(state, send);
  useDeviceReturn(state.hold?.why === "device", send);

  const judgeHint = useCallback((hint: { id: string; t: number }, helpful: boolean) => {
    parts.current.socket?.send({ type: "hint_feedback", id: hint.id, t: hint.t, useful: helpful });
    switchHint(hint.id, helpful);
  }, []);
  const takeOver = useCallback(() => {
    const round = recallRound();
    const known = round?.session === id ? round : null;
    const { index, timer } = latest.current;
    const before = { index: known?.index ?? index, spent_ms: known?.spent_ms ?? elapsed(timer, now()) };
    send({ is: "take_over", begun: begun || known !== null, ...before });
  }, [id, send, begun]);
  return useMemo(
    () => ({ ...state, stream, viewers, interviewer, send, takeOver, judgeHint }),
    [state, stream, viewers, interviewer, send, takeOver, judgeHint],
  );
}

function firstState(session: Session): ArenaState {
  const round = recallRound();
  const known = round?.session === session.id ? round : null;
  const { prepareS, readAloud, followUps } = preferences();
  const index = known?.index ?? session.answers.length - 1;
  return beginning({
    questions: session.questions,
    index,
    spent_ms: known?.spent_ms ?? 0,
    prepareS,
    readAloud,
    followUps,
  });
}

/** The browser asks before a page is closed or loaded again in the middle of an answer. */
function usePageLeaving({ stage, connection }: ArenaState) {
  const round = ["answering", "listening", "asking_further"].includes(stage.at);
  const live = round && (connection.is === "live" || connection.is === "lost");
  useEffect(() => {
    if (!live) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [live]);
}

/** The screen stays on from the time to think until the round is over: a phone that sleeps would end the camera. */
function useAwake({ stage }: ArenaState) {
  const awake = ["preparing", "counting", "answering", "listening", "asking_further"].includes(stage.at);
  useEffect(() => (awake ? keepAwake() : undefined), [awake]);
}

/** Remembers where the round is, for a page that comes back to it. */
function useMemory(id: string, { stage, connection, index }: ArenaState, latest: React.RefObject<ArenaState>) {
  const published = connection.is === "live" || connection.is === "lost";
  const over = stage.at === "ended";
  useEffect(() => {
    if (over) forgetRound(id);
    if (over || !published) return;
    // The state of the moment, also when the page is left.
    const now_ = () => latest.current;
    const keep = () => {
      const { questions, timer } = now_();
      const question = questions[index]?.text ?? "";
      keepRound({
        session: id,
        index,
        count: questions.length,
        question,
        spent_ms: elapsed(timer, now()),
        at: Date.now(),
      });
    };
    keep();
    const timer = setInterval(keep, 1000);
    window.addEventListener("pagehide", keep);
    return () => {
      clearInterval(timer);
      window.removeEventListener("pagehide", keep);
      if (now_().stage.at !== "ended") keep();
    };
  }, [id, over, published, index, latest]);
}

/** What comes by itself with time: the countdown, the end of preparing, the end of a notice. */
function useClock({ stage, hold, notice }: ArenaState, send: (event: ArenaEvent) => void) {
  // What holds the answer holds the countdown too, which goes on afterwards.
  const counting = stage.at === "counting" && !hold ? stage.left : null;
  useEffect(() => {
    if (counting === null) return;
    const timer = setTimeout(() => send({ is: "second" }), 1000);
    return () => clearTimeout(timer);
  }, [counting, send]);

  const until = stage.at === "preparing" ? stage.until : null;
  useEffect(() => {
    if (until === null) return;
    const timer = setTimeout(() => send({ is: "ready" }), Math.max(0, until - now()));
    return () => clearTimeout(timer);
  }, [until, send]);

  // A server that does not answer is no reason to stay.
  const listening = stage.at === "listening";
  useEffect(() => {
    if (!listening) return;
    const timer = setTimeout(() => send({ is: "follow_up", text: null }), LISTENS_MS);
    return () => clearTimeout(timer);
  }, [listening, send]);

  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(() => send({ is: "notice", text: null }), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice, send]);
}

/** A device that comes back is taken at once. */
function useDeviceReturn(waiting: boolean, send: (event: ArenaEvent) => void) {
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!waiting || !media) return;
    const back = () => send({ is: "retry" });
    media.addEventListener("devicechange", back);
    return () => media.removeEventListener("devicechange", back);
  }, [waiting, send]);
}
