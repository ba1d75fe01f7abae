// The states of an upload.
import { describe, expect, it } from "vitest";
import type { Unfinished } from "./memory";
import { beginning, reduce, type UploadEvent } from "./upload-state";
import type { Uploader } from "./uploader";

const file = new File(["x"], "a.mp4");
const uploader = {} as Uploader;
const before: Unfinished = { session: "s", question: "q", name: "a.mp4", bytes: 1, modified: 0 };
const play = (events: UploadEvent[], from = beginning(null)) => events.reduce(reduce, from);
const sending: UploadEvent = { is: "sending", file, session: "s", uploader };

describe("the state of an upload", () => {
  it("goes from the choice to the end", () => {
    const states = [
      { is: "opening", file },
      sending,
      { is: "checking" },
      { is: "done", session: "s" },
    ] as UploadEvent[];
    const stages = states.map((_, i) => play(states.slice(0, i + 1)).stage.at);
    expect(stages).toEqual(["opening", "sending", "checking", "done"]);
  });

  it("forgets what went wrong once something is begun again", () => {
    const wrong: UploadEvent = { is: "problem", problem: "No room." };
    expect(play([wrong]).problem).toBe("No room.");
    expect(play([wrong, { is: "opening", file }]).problem).toBeNull();
    expect(play([sending, wrong, { is: "going_on" }]).problem).toBeNull();
    expect(play([sending, wrong, { is: "going_on" }]).stage.at).toBe("sending");
  });

  it("checks only what was sent", () => {
    expect(play([{ is: "checking" }]).stage.at).toBe("choose");
    expect(play([{ is: "opening", file }, { is: "checking" }]).stage.at).toBe("opening");
  });

  it("comes back to the choice with what is unfinished and why", () => {
    const over = play([sending, { is: "over", unfinished: before, problem: "It was too large." }]);
    expect(over).toEqual({ stage: { at: "choose" }, unfinished: before, problem: "It was too large." });
    expect(play([{ is: "unfinished_gone" }], over)).toMatchObject({ unfinished: null, problem: "It was too large." });
  });
});
