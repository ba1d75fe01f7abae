// The Arena as events in, effects out: each story is a list of what happens, and what is done about it.
import { describe, expect, it } from "vitest";
import { Problem } from "../../api/problem";
import { beginning, transition, type ArenaEvent, type ArenaState, type Effect } from "./arena-state";

const questions = ["a", "b"].map((id) => ({
  id,
  text: `Question ${id}`,
  family: "failure" as const,
  suggested_ms: 90_000,
}));
const first = (change: Partial<ArenaState> = {}): ArenaState => ({
  ...beginning({ questions, index: 0, spent_ms: 0, prepareS: 0, readAloud: false, followUps: true }),
  ...change,
});

const live: ArenaEvent = { is: "connection", connection: { is: "live" } };
const lost: ArenaEvent = { is: "connection", connection: { is: "lost", since: 0 } };
const mine: ArenaEvent = { is: "turn", mine: true, begun: false };
const second: ArenaEvent = { is: "second" };
const next: ArenaEvent = { is: "done", then: "next" };
const BEGIN: ArenaEvent[] = [mine, { is: "opened" }, second, second, second, live];

const word = (effect: Effect): string =>
  effect.do === "mark"
    ? [effect.what, effect.question_id, effect.follow_up && "(listens)"].filter(Boolean).join(" ")
    : effect.do;

/** Plays events one second apart; returns the last state and all effects in words. */
function play(events: readonly ArenaEvent[], state: ArenaState = first()): { state: ArenaState; did: string[] } {
  const did: string[] = [];
  for (const [i, event] of events.entries()) {
    const step = transition(state, event, 1000 * (i + 1));
    state = step.state;
    did.push(...step.effects.map(word));
  }
  return { state, did };
}

describe("a round", () => {
  it("opens the camera, counts to three, publishes a second before zero, and asks the first question once", () => {
    const { state, did } = play([...BEGIN, live, live]);
    expect(did).toEqual(["open_camera", "publish", "question a"]);
    expect(state.stage).toEqual({ at: "answering" });
    expect(state.timer.since).toBe(6000);
  });

  it("asks the question when the countdown ends, even if the connection was quicker", () => {
    const { did } = play([mine, { is: "opened" }, second, second, live, second]);
    expect(did).toEqual(["open_camera", "publish", "question a"]);
  });

  it("goes to the next question, and no further than the last", () => {
    const { state, did } = play([...BEGIN, next, next]);
    expect(did.slice(-2)).toEqual(["question a", "question b"]);
    expect(state.index).toBe(1);
  });

  it("goes nowhere while the connection is lost", () => {
    expect(play([...BEGIN, lost, next]).state.index).toBe(0);
  });

  it("waits after an answer for the further question, and its answer belongs to the same answer", () => {
    const begin: ArenaEvent[] = [{ is: "channel", followsUp: true }, ...BEGIN];
    const asked = play([...begin, { is: "done", then: "next" }, { is: "follow_up", text: "What came of it?" }]);
    expect(asked.state.stage).toEqual({ at: "asking_further", text: "What came of it?", then: "next" });
    expect(asked.did.at(-1)).toBe("answer_end (listens)");
    expect(asked.state.timer.since).toBeNull();
    const answered = play([{ is: "answer_further" }, { is: "done", then: "next" }], asked.state);
    expect(answered.did).toEqual(["follow_up", "question b"]);
    expect(answered.state.further).toBeNull();
    expect(play([{ is: "leave" }], asked.state).did).toEqual(["question b"]);
    const none = play([...begin, { is: "done", then: "stop" }, { is: "follow_up", text: null }]);
    expect(none.did.slice(-2)).toEqual(["answer_end (listens)", "stop"]);
  });

  it("does not end the last answer for a next question that is not there", () => {
    const last = play(BEGIN, first({ index: 1, serverFollowsUp: true }));
    const { state, did } = play([next], last.state);
    expect(did).toEqual([]);
    expect(state).toEqual(last.state);
  });

  it("asks nothing further where the person or the server does not want to, or the connection goes", () => {
    const done: ArenaEvent[] = [...BEGIN, { is: "done", then: "next" }];
    expect(play(done).did.at(-1)).toBe("question b");
    const off = first({ followUps: false, serverFollowsUp: true });
    expect(play(done, off).did.at(-1)).toBe("question b");
    const gone = play([...done, lost, { is: "follow_up", text: null }, live], first({ serverFollowsUp: true }));
    expect(gone.did.slice(-2)).toEqual(["answer_end (listens)", "question a"]);
    expect(gone.state.stage).toEqual({ at: "answering" });
    const unplugged: ArenaEvent[] = [
      { is: "device_gone", what: "camera" },
      { is: "follow_up", text: null },
    ];
    const back = play([...done, ...unplugged, { is: "opened" }], first({ serverFollowsUp: true }));
    expect(back.did.slice(-4)).toEqual(["pause", "publish", "resume", "question a"]);
    expect(back.state.stage).toEqual({ at: "answering" });
  });

  it("gives time to think before each answer, and withholds video and audio in it", () => {
    const ready: ArenaEvent[] = [{ is: "ready" }, second, second, second];
    const { did } = play([mine, { is: "opened" }, ...ready, live, next, ...ready], first({ prepareS: 30 }));
    expect(did).toEqual([
      "open_camera", "publish", "question a",
      "answer_end", "withhold", "pause", "withhold", "resume", "question b",
    ]); // prettier-ignore
  });

  it("waits for the voice where questions are read aloud and no time was asked for", () => {
    expect(play([mine, { is: "opened" }], first({ readAloud: true })).state.stage).toEqual({
      at: "preparing",
      until: null,
    });
  });

  it("stops the clock while it is paused", () => {
    const { state, did } = play([...BEGIN, { is: "pause" }, { is: "pause" }, { is: "resume" }]);
    expect(did.slice(-4)).toEqual(["withhold", "pause", "withhold", "resume"]);
    expect(state.timer).toEqual({ before: 1000, since: 9000 });
  });

  it("holds when a device is gone, keeps the reason, and goes on with the next one", () => {
    const gone = play([...BEGIN, { is: "device_gone", what: "camera" }, { is: "retry" }]);
    expect(gone.did.slice(-2)).toEqual(["pause", "open_camera"]);
    const refusal = { kind: "missing" as const, title: "", cure: "Plug one in" };
    const refused = play([{ is: "refused", refusal }], gone.state);
    expect(refused.state.hold).toMatchObject({ why: "device", what: "camera", refused: refusal });
    const back = play([{ is: "opened" }], refused.state);
    expect(back.did).toEqual(["publish", "resume"]);
    expect(back.state.hold).toBeNull();
  });

  it("goes on without a camera that is gone, but never without a microphone", () => {
    const camera = play([...BEGIN, { is: "device_gone", what: "camera" }, { is: "voice_only" }, { is: "opened" }]);
    expect(camera.did.slice(-4)).toEqual(["pause", "open_camera", "publish", "resume"]);
    expect(camera.state.hold).toBeNull();
    const microphone = play([...BEGIN, { is: "device_gone", what: "microphone" }, { is: "voice_only" }]);
    expect(microphone.did.at(-1)).toBe("pause");
    expect(play([...BEGIN, { is: "voice_only" }]).did).toEqual(play(BEGIN).did);
  });

  it("publishes nothing and marks nothing for a device that comes back before the first answer", () => {
    const away: ArenaEvent[] = [{ is: "device_gone", what: "camera" }, { is: "retry" }, { is: "opened" }];
    const { state, did } = play([mine, { is: "opened" }, ...away], first({ prepareS: 30 }));
    expect(did).toEqual(["open_camera", "open_camera"]);
    expect(state.hold).toBeNull();
  });

  it("withholds a device that comes back while somebody prepares between two answers", () => {
    const ready: ArenaEvent[] = [{ is: "ready" }, second, second, second];
    const away: ArenaEvent[] = [{ is: "device_gone", what: "camera" }, { is: "retry" }, { is: "opened" }];
    const begin: ArenaEvent[] = [mine, { is: "opened" }, ...ready, live, next];
    const { did } = play([...begin, ...away, ...ready], first({ prepareS: 30 }));
    expect(did.slice(3)).toEqual([
      "answer_end", "withhold", "pause", "open_camera", "publish", "withhold", "withhold", "resume", "question b",
    ]); // prettier-ignore
  });

  it("shows a hint only while somebody answers", () => {
    const hint = { id: "x", text: "x", evidence: "", positive: false, t: 0, for_ms: 4000 };
    const say: ArenaEvent = { is: "hint", hint };
    expect(play([mine, { is: "opened" }, say]).state.hint).toBeNull();
    expect(play([...BEGIN, say]).state.hint).toEqual(hint);
    expect(play([...BEGIN, say, { is: "pause" }]).state.hint).toBeNull();
  });
});

describe("coming back", () => {
  const begun: ArenaEvent = { is: "turn", mine: true, begun: true };

  it("takes no camera before the person says so", () => {
    const { state, did } = play([begun]);
    expect(state.stage).toEqual({ at: "resume" });
    expect(did).toEqual([]);
  });

  it("goes on with the same answer, its clock where it was, without a second mark", () => {
    const before = first({ index: 1, timer: { before: 47_000, since: null } });
    const { state, did } = play([begun, { is: "go_on" }, { is: "opened" }, live], before);
    expect(did).toEqual(["open_camera", "publish"]);
    expect(state.timer).toEqual({ before: 47_000, since: 4000 });
  });

  it("can answer the question again from the start", () => {
    const before = first({ timer: { before: 47_000, since: null } });
    const { state, did } = play([begun, { is: "again" }, { is: "opened" }, second, second, second, live], before);
    expect(did).toEqual(["open_camera", "publish", "question a"]);
    expect(state.timer.before).toBe(0);
  });

  it("can end there", () => {
    const { state, did } = play([begun, { is: "stop" }, { is: "stopped" }]);
    expect(did).toEqual(["stop"]);
    expect(state.stage).toEqual({ at: "ended", ending: "stopped" });
  });

  it("leaves the camera to another tab until it is asked for", () => {
    const elsewhere = play([{ is: "turn", mine: false, begun: true }]);
    expect(elsewhere.state.stage).toEqual({ at: "elsewhere", handed: false });
    const over = play(
      [{ is: "take_over", begun: true, index: 1, spent_ms: 9000 }, { is: "opened" }, live],
      elsewhere.state,
    );
    expect(over.did).toEqual(["take", "publish"]);
    expect(over.state).toMatchObject({ index: 1, asked: 1, timer: { before: 9000 } });
  });

  it("lets go of everything when another tab asks, and ends nothing", () => {
    const { state, did } = play([...BEGIN, { is: "handed" }]);
    expect(did.at(-1)).toBe("let_go");
    expect(state.stage).toEqual({ at: "elsewhere", handed: true });
  });
});

describe("the end", () => {
  const refused = (kind: string): ArenaEvent => ({
    is: "connection",
    connection: { is: "failed", problem: new Problem(409, kind, "", null) },
  });
  const cases: [string, ArenaEvent[], string | null][] = [
    ["ended here", [...BEGIN, { is: "stop" }, { is: "server", state: "finalising" }], "stopped"],
    ["left before anything was recorded", [mine, { is: "opened" }, { is: "stop" }], "nothing"],
    ["the server lives on", [...BEGIN, { is: "server", state: "live" }, { is: "server", state: "grace" }], null],
    ["ended by the server", [...BEGIN, { is: "server", state: "finalising" }], "server"],
    ["the server was restarted", [...BEGIN, lost, { is: "server", state: "finalising" }], "restart"],
    ["the restarted server takes no more media", [...BEGIN, lost, refused("state")], "restart"],
    [
      "the channel noticed the restart before the media did",
      [...BEGIN, { is: "channel_lost" }, { is: "server", state: "finalising" }],
      "restart",
    ],
    [
      "a channel that came back is no restart",
      [...BEGIN, { is: "channel_lost" }, { is: "server", state: "live" }, { is: "server", state: "finalising" }],
      "server",
    ],
    ["away too long", [...BEGIN, lost, ...Array.from({ length: 60 }, () => second), refused("state")], "away"],
    ["another refusal is told where it happens", [...BEGIN, refused("consent")], null],
    [
      "nobody came back in time",
      [
        { is: "turn", mine: true, begun: true },
        { is: "server", state: "scoring" },
      ],
      "away",
    ],
  ];
  for (const [name, events, ending] of cases) {
    it(`is known: ${name}`, () => {
      const { stage } = play(events).state;
      expect(stage.at === "ended" ? stage.ending : null).toBe(ending);
    });
  }
});
