// Space, arrows, J K L.
import { describe, expect, it } from "vitest";
import { fasterThan, replayAction } from "./keys";

const element = (html: string, selector: string): Element => {
  document.body.innerHTML = html;
  const found = document.querySelector(selector);
  if (!found) throw new Error(selector);
  return found;
};

describe("keys on a replay", () => {
  it("play, pause and seek", () => {
    expect(replayAction({ key: " " })).toEqual({ do: "toggle" });
    expect(replayAction({ key: "k" })).toEqual({ do: "toggle" });
    expect(replayAction({ key: "m" })).toEqual({ do: "mute" });
    expect(replayAction({ key: "." })).toEqual({ do: "seek", by_ms: 100 });
    expect(replayAction({ key: "7" })).toEqual({ do: "tenth", n: 7 });
    expect(replayAction({ key: "?", shiftKey: true })).toEqual({ do: "help" });
    expect(replayAction({ key: "j" })).toEqual({ do: "seek", by_ms: -10_000 });
    expect(replayAction({ key: "L" })).toEqual({ do: "faster" });
    expect(replayAction({ key: "ArrowRight" })).toEqual({ do: "seek", by_ms: 5000 });
    expect(replayAction({ key: "ArrowLeft", shiftKey: true })).toEqual({ do: "seek", by_ms: -1000 });
    expect(replayAction({ key: "x" })).toBeNull();
  });

  it("belong to the browser when they are held with Control, Alt or Command", () => {
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }])
      expect(replayAction({ key: "l", ...held })).toBeNull();
  });

  it("belong to the field that is typed in, and to the slider that is moved", () => {
    expect(replayAction({ key: " ", target: element("<input>", "input") })).toBeNull();
    expect(replayAction({ key: "ArrowLeft", target: element('<div role="slider"></div>', "div") })).toBeNull();
  });

  it("press the button that has the focus, but J K L still move the replay", () => {
    const button = element("<button><span>Open</span></button>", "span");
    expect(replayAction({ key: " ", target: button })).toBeNull();
    expect(replayAction({ key: "j", target: button })).toEqual({ do: "seek", by_ms: -10_000 });
  });

  it("walk through tabs where there are tabs", () => {
    expect(
      replayAction({
        key: "ArrowRight",
        target: element('<div role="tablist"><button role="tab">1</button></div>', "button"),
      }),
    ).toBeNull();
  });

  it("L speeds up in steps and comes back to normal", () => {
    expect([fasterThan(1, false), fasterThan(1, true), fasterThan(1.5, true), fasterThan(2, true)]).toEqual([
      1, 1.5, 2, 1,
    ]);
  });
});
