// What the Arena is doing, as a pure function: an event and the time in, the next state and what is to be done out.
import type { AskedQuestion } from "../../api/types";
import type { Refusal } from "../../live/capture";
import type { Hint } from "../../live/hints";
import type { PublisherState } from "../../live/publisher";
import type { MarkKind } from "../../live/socket";
import { pause, start, zero, type Timer } from "../../live/timer";
import { asked } from "./asked";

/** Why a round is over. */
export type Ending =
  /** The person ended it. */
  | "stopped"
  /** It was left before anything was recorded. */
  | "nothing"
  /** The server was restarted in the middle of it. */
  | "restart"
  /** The connection was away longer than the server waits. */
  | "away"
  /** The server ended it for another reason. */
  | "server";

export type Stage =
  /** Finding out whether another tab has the camera. */
  | { at: "joining" }
  /** Another tab has it; `handed`: it was given away from here. */
  | { at: "elsewhere"; handed: boolean }
  /** The page was loaded again in the middle of a round: goes on only by the person's word. */
  | { at: "resume" }
  | { at: "opening" }
  /** Time to think, until a time of the page's clock; null: until the question was read aloud. */
  | { at: "preparing"; until: number | null }
  | { at: "counting"; left: number }
  | { at: "answering" }
  /** The answer is over; the server may have a further question. */
  | { at: "listening"; then: Leaving }
  | { at: "asking_further"; text: string; then: Leaving }
  | { at: "ended"; ending: Ending };

/** Where the person goes after an answer. */
export type Leaving = "next" | "stop";

/** Why the answer stands still. */
export type Hold = { why: "asked" } | { why: "device"; what: "camera" | "microphone"; refused: Refusal | null };

export interface ArenaState {
  questions: readonly AskedQuestion[];
  index: number;
  /** The question that the server was told about last; -1: none. */
  asked: number;
  stage: Stage;
  connection: PublisherState | { is: "idle" };
  /** When the connection was lost, page's clock; null: it is there. */
  lostAt: number | null;
  /** When the live channel was lost, page's clock; null: the server has said since that the round goes on. */
  silentAt: number | null;
  timer: Timer;
  hold: Hold | null;
  /** Video and audio are withheld while the person prepares between two answers. */
  withheld: boolean;
  hint: Hint | null;
  notice: string | null;
  refused: Refusal | null;
  /** The person wants further questions, and the server has them. */
  followUps: boolean;
  serverFollowsUp: boolean;
  /** The question whose answer was followed up; -1: none. */
  followed: number;
  /** The further question that is being answered. */
  further: string | null;
  /** Seconds to think before each answer. */
  prepareS: number;
  readAloud: boolean;
}

export type ArenaEvent =
  | { is: "turn"; mine: boolean; begun: boolean }
  /** `begun`: the other tab had begun with that question, and spent so long on it. */
  | { is: "take_over"; begun: boolean; index: number; spent_ms: number }
  | { is: "handed" }
  | { is: "go_on" }
  | { is: "again" }
  | { is: "retry" }
  /** The camera is gone: the answer goes on without it. */
  | { is: "voice_only" }
  | { is: "opened" }
  | { is: "refused"; refusal: Refusal }
  | { is: "ready" }
  | { is: "second" }
  | { is: "connection"; connection: PublisherState }
  | { is: "device_gone"; what: "camera" | "microphone" }
  /** The answer is complete. */
  | { is: "done"; then: Leaving }
  | { is: "channel"; followsUp: boolean }
  /** What the server asks further; null: nothing. */
  | { is: "follow_up"; text: string | null }
  /** The further question is answered, or left. */
  | { is: "answer_further" }
  | { is: "leave" }
  | { is: "pause" }
  | { is: "resume" }
  | { is: "stop" }
  | { is: "stopped" }
  | { is: "channel_lost" }
  | { is: "server"; state: string }
  | { is: "hint"; hint: Hint }
  /** The interviewer asks: one of the questions, or without an id their own. */
  | { is: "asked"; id: string | null; text: string }
  | { is: "notice"; text: string | null };

export type Effect =
  | { do: "take" }
  /** `voiceOnly`: the microphone alone, whatever was chosen. */
  | { do: "open_camera"; fresh: boolean; voiceOnly?: true }
  /** Publishes the open camera, in place of what was published before. */
  | { do: "publish" }
  /** `follow_up`: the further question is waited for. */
  | { do: "mark"; what: MarkKind; question_id?: string; follow_up?: true }
  | { do: "withhold"; on: boolean }
  /** Lets go of camera and connection; the server waits. */
  | { do: "let_go" }
  /** Ends the session at the server. */
  | { do: "stop" };

export interface Step {
  state: ArenaState;
  effects: Effect[];
}

export interface Beginning {
  questions: readonly AskedQuestion[];
  index: number;
  spent_ms: number;
  prepareS: number;
  readAloud: boolean;
  followUps: boolean;
}

export function beginning({ questions, index, spent_ms, prepareS, readAloud, followUps }: Beginning): ArenaState {
  return {
    questions,
    index: Math.min(Math.max(0, index), Math.max(0, questions.length - 1)),
    asked: -1,
    stage: { at: "joining" },
    connection: { is: "idle" },
    lostAt: null,
    silentAt: null,
    timer: { before: spent_ms, since: null },
    hold: null,
    withheld: false,
    hint: null,
    notice: null,
    refused: null,
    followUps,
    serverFollowsUp: false,
    followed: -1,
    further: null,
    prepareS,
    readAloud,
  };
}

/** Seconds of the countdown; publishing begins one second before its end, so that the answer begins with it. */
export const COUNT_S = 3;
/** The server's grace, less what a message may take. */
const AWAY_MS = 55_000;
const OPEN = ["created", "live", "grace"];

const stay = (state: ArenaState, effects: Effect[] = []): Step => ({ state, effects });
const mark = (what: MarkKind, question_id?: string): Effect => ({
  do: "mark",
  what,
  ...(question_id === undefined ? {} : { question_id }),
});

export const isOver = (state: ArenaState): boolean =>
  state.stage.at === "ended" || ["stopping", "stopped", "failed"].includes(state.connection.is);

/** Where the media flows and nothing holds it, the clock runs and the server knows the question. */
function settled(state: ArenaState, now: number, before: Effect[] = []): Step {
  if (state.stage.at !== "answering" || state.connection.is !== "live" || state.hold) return stay(state, before);
  const question = state.questions[state.index];
  const effects = question && state.asked !== state.index ? [...before, mark("question", question.id)] : before;
  return stay({ ...state, asked: state.index, timer: start(state.timer, now) }, effects);
}

function prepared(state: ArenaState, now: number): Step {
  if (state.prepareS > 0) return stay({ ...state, stage: { at: "preparing", until: now + state.prepareS * 1000 } });
  if (state.readAloud) return stay({ ...state, stage: { at: "preparing", until: null } });
  return stay({ ...state, stage: { at: "counting", left: COUNT_S } });
}

function opened(state: ArenaState, now: number): Step {
  const open = { ...state, refused: null };
  if (state.hold?.why === "device") {
    const going = { ...open, hold: null };
    // Before the first answer nothing is published, and between two answers the new device is withheld as the old one was.
    if (state.connection.is === "idle") return stay(going);
    return settled(going, now, [{ do: "publish" }, state.withheld ? { do: "withhold", on: true } : mark("resume")]);
  }
  if (state.stage.at !== "opening") return stay(open);
  // Whoever comes back is in the middle of an answer: no countdown.
  if (state.asked >= 0) return stay({ ...open, stage: { at: "answering" } }, [{ do: "publish" }]);
  return prepared(open, now);
}

function second(state: ArenaState, now: number): Step {
  if (state.stage.at !== "counting" || state.hold) return stay(state);
  const left = state.stage.left - 1;
  if (left > 0) {
    const begins = left === 1 && state.connection.is === "idle";
    return stay({ ...state, stage: { at: "counting", left } }, begins ? [{ do: "publish" }] : []);
  }
  const effects: Effect[] = state.withheld ? [{ do: "withhold", on: false }, mark("resume")] : [];
  return settled({ ...state, stage: { at: "answering" }, withheld: false }, now, effects);
}

/** Why the server has ended it, as far as it can be told from here. */
function endingNow(state: ArenaState, now: number): Ending {
  if (state.connection.is === "stopping" || state.connection.is === "stopped") return "stopped";
  if (state.stage.at === "elsewhere") return "stopped";
  if (state.stage.at === "resume") return "away";
  const since = state.lostAt ?? state.silentAt;
  if (since === null) return "server";
  return now - since > AWAY_MS ? "away" : "restart";
}

function ended(state: ArenaState, ending: Ending, now: number): Step {
  if (state.stage.at === "ended") return stay(state);
  return stay({ ...state, stage: { at: "ended", ending }, hint: null, timer: pause(state.timer, now) });
}

function connected(state: ArenaState, connection: PublisherState, now: number): Step {
  const next = { ...state, connection };
  switch (connection.is) {
    case "live":
      return settled({ ...next, lostAt: null }, now);
    case "lost":
      return stay({ ...next, lostAt: state.lostAt ?? now });
    case "failed":
      // The server takes no more media: it has ended the round.
      if (connection.problem.kind === "state")
        return ended(next, endingNow({ ...state, lostAt: state.lostAt ?? now }, now), now);
      return stay({ ...next, timer: pause(state.timer, now), hint: null });
    default:
      return stay(next);
  }
}

const isLast = (state: ArenaState): boolean => state.index + 1 >= state.questions.length;

function next(state: ArenaState, now: number): Step {
  const going = state.stage.at === "answering" && state.connection.is === "live" && !state.hold;
  if (!going || isLast(state)) return stay(state);
  const following = { ...state, index: state.index + 1, timer: zero, hint: null, further: null };
  if (state.prepareS === 0 && !state.readAloud) return settled(following, now);
  const withheld = prepared({ ...following, withheld: true }, now);
  return { state: withheld.state, effects: [mark("answer_end"), { do: "withhold", on: true }, mark("pause")] };
}

function left(state: ArenaState, then: Leaving, now: number): Step {
  if (then === "stop") return stop(state, now);
  const answering: ArenaState = { ...state, stage: { at: "answering" } };
  // Where connection or device was lost meanwhile, the question is asked again when it is back.
  return state.connection.is === "live" && !state.hold ? next(answering, now) : stay({ ...answering, asked: -1 });
}

/** The end of an answer, and the further question that may follow it. */
function finished(state: ArenaState, event: ArenaEvent, now: number): Step {
  const { stage } = state;
  switch (event.is) {
    case "done": {
      const going = stage.at === "answering" && state.connection.is === "live" && !state.hold;
      if (!going) return event.then === "stop" ? stop(state, now) : stay(state);
      // Nothing follows the last answer: it goes on until it is stopped.
      if (event.then === "next" && isLast(state)) return stay(state);
      const may = state.followUps && state.serverFollowsUp && state.followed !== state.index;
      if (!may) return event.then === "stop" ? stop(state, now) : next(state, now);
      const listening: Stage = { at: "listening", then: event.then };
      return stay({ ...state, stage: listening, followed: state.index, hint: null, timer: pause(state.timer, now) }, [
        { do: "mark", what: "answer_end", follow_up: true },
      ]);
    }
    case "follow_up":
      if (stage.at !== "listening") return stay(state);
      if (event.text === null) return left(state, stage.then, now);
      return stay({ ...state, stage: { at: "asking_further", text: event.text, then: stage.then } });
    case "answer_further":
      if (stage.at !== "asking_further") return stay(state);
      return settled({ ...state, stage: { at: "answering" }, further: stage.text }, now, [mark("follow_up")]);
    case "leave":
      return stage.at === "asking_further" ? left(state, stage.then, now) : stay(state);
    default:
      return stay(state);
  }
}

function stop(state: ArenaState, now: number): Step {
  if (isOver(state)) return stay(state);
  if (state.connection.is === "idle" && state.asked < 0 && state.stage.at !== "resume") {
    return { ...ended(state, "nothing", now), effects: [{ do: "let_go" }] };
  }
  const stopping = { ...state, connection: { is: "stopping" as const }, hint: null, timer: pause(state.timer, now) };
  return stay(stopping, [{ do: "stop" }]);
}

/** Pausing, and whatever else holds an answer. */
function held(state: ArenaState, event: ArenaEvent, now: number): Step {
  switch (event.is) {
    case "pause":
      if (state.hold || state.stage.at !== "answering" || state.connection.is !== "live") return stay(state);
      return stay({ ...state, hold: { why: "asked" }, hint: null, timer: pause(state.timer, now) }, [
        { do: "withhold", on: true },
        mark("pause"),
      ]);
    case "resume":
      if (state.hold?.why !== "asked") return stay(state);
      return settled({ ...state, hold: null }, now, [{ do: "withhold", on: false }, mark("resume")]);
    case "device_gone": {
      const hold: Hold = { why: "device", what: event.what, refused: null };
      // The server knows of no answer yet, or was told before that it stands still.
      const told = state.connection.is === "idle" || state.withheld;
      return stay({ ...state, hold, hint: null, timer: pause(state.timer, now) }, told ? [] : [mark("pause")]);
    }
    case "refused":
      if (state.hold?.why === "device") return stay({ ...state, hold: { ...state.hold, refused: event.refusal } });
      return stay({ ...state, refused: event.refusal });
    default:
      return stay(state);
  }
}

/** Coming in: whose turn it is, and whether the round goes on. */
function joined(state: ArenaState, event: ArenaEvent): Step {
  switch (event.is) {
    case "turn":
      if (state.stage.at !== "joining") return stay(state);
      if (!event.mine) return stay({ ...state, stage: { at: "elsewhere", handed: false } });
      if (event.begun) return stay({ ...state, stage: { at: "resume" } });
      return stay({ ...state, stage: { at: "opening" } }, [{ do: "open_camera", fresh: false }]);
    case "take_over":
      if (state.stage.at !== "elsewhere") return stay(state);
      return stay(
        {
          ...state,
          stage: { at: "opening" },
          index: event.index,
          asked: event.begun ? event.index : -1,
          timer: { before: event.spent_ms, since: null },
        },
        [{ do: "take" }],
      );
    case "handed":
      if (isOver(state)) return stay(state);
      return stay(
        {
          ...state,
          stage: { at: "elsewhere", handed: true },
          connection: { is: "idle" },
          hold: null,
          hint: null,
          withheld: false,
        },
        [{ do: "let_go" }],
      );
    case "go_on":
      if (state.stage.at !== "resume") return stay(state);
      return stay({ ...state, stage: { at: "opening" }, asked: state.index }, [{ do: "open_camera", fresh: false }]);
    case "again":
      if (state.stage.at !== "resume") return stay(state);
      return stay({ ...state, stage: { at: "opening" }, asked: -1, timer: zero }, [
        { do: "open_camera", fresh: false },
      ]);
    default:
      return stay(state);
  }
}

/** Returns the state after the event, and what is to be done. `now`: the page's clock, milliseconds. */
export function transition(state: ArenaState, event: ArenaEvent, now: number): Step {
  switch (event.is) {
    case "turn":
    case "take_over":
    case "handed":
    case "go_on":
    case "again":
      return joined(state, event);
    case "retry":
      return stay({ ...state, refused: null }, [{ do: "open_camera", fresh: true }]);
    case "voice_only":
      if (state.hold?.why !== "device" || state.hold.what !== "camera") return stay(state);
      return stay(state, [{ do: "open_camera", fresh: true, voiceOnly: true }]);
    case "opened":
      return opened(state, now);
    case "ready":
      return state.stage.at === "preparing"
        ? stay({ ...state, stage: { at: "counting", left: COUNT_S } })
        : stay(state);
    case "second":
      return second(state, now);
    case "connection":
      return connected(state, event.connection, now);
    case "done":
    case "follow_up":
    case "answer_further":
    case "leave":
      return finished(state, event, now);
    case "channel":
      return stay({ ...state, serverFollowsUp: event.followsUp });
    case "stop":
      return stop(state, now);
    case "stopped":
      return ended(state, "stopped", now);
    case "server":
      return OPEN.includes(event.state) ? stay({ ...state, silentAt: null }) : ended(state, endingNow(state, now), now);
    case "channel_lost":
      return stay({ ...state, silentAt: state.silentAt ?? now });
    case "asked":
      return asked(state, event, now);
    case "hint":
      return state.hold || state.stage.at !== "answering" ? stay(state) : stay({ ...state, hint: event.hint });
    case "notice":
      return stay({ ...state, notice: event.text });
    default:
      return held(state, event, now);
  }
}
