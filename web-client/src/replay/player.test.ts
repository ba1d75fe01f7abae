// The playhead that replay and lanes share.
import { describe, expect, it, vi } from "vitest";
import { Player } from "./player";

function video(readyState = 4): HTMLVideoElement {
  const element = document.createElement("video");
  Object.defineProperty(element, "readyState", { value: readyState });
  return element;
}

describe("the playhead", () => {
  it("moves all that listen, at once, and stays inside the session", () => {
    const player = new Player(60_000);
    const heard = vi.fn();
    player.subscribe(heard);
    for (const t of [5000, -3, 99_999_999, Number.NaN]) player.seek(t);
    expect(heard.mock.calls.map((call) => call[0] as number)).toEqual([0, 5000, 0, 60_000, 0]);
  });

  it("moves the video", () => {
    const player = new Player(60_000);
    const element = video();
    player.attach(element);
    player.seek(12_500);
    expect(element.currentTime).toBe(12.5);
  });

  it("keeps a wish until the file is there", () => {
    const player = new Player(60_000);
    const element = video(0);
    player.attach(element);
    player.seek(7000);
    element.dispatchEvent(new Event("loadedmetadata"));
    expect(element.currentTime).toBe(7);
  });

  it("counts from the answer's start when only an answer is replayed", () => {
    const player = new Player(20_000, 40_000);
    const element = video();
    player.attach(element);
    player.seek(1000);
    expect(element.currentTime).toBe(41);
    element.currentTime = 45;
    element.dispatchEvent(new Event("seeked"));
    expect(player.t).toBe(5000);
  });

  it("tells nobody who stopped listening", () => {
    const player = new Player(1000);
    const heard = vi.fn();
    player.subscribe(heard)();
    player.seek(500);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});
