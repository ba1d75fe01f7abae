// The pill on the page: there for its time, then gone.
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HintPill } from "./hint-pill";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const hint = (id: string) => ({ id, text: `Text of ${id}`, evidence: "", positive: false, t: 0, for_ms: 4000 });

describe("the hint pill", () => {
  it("shows a hint for four seconds", () => {
    render(<HintPill hint={hint("slow_down")} onJudge={() => undefined} />);
    expect(screen.getByTestId("hint").textContent).toBe("Text of slow_down");
    act(() => void vi.advanceTimersByTime(3900));
    expect(screen.queryByTestId("hint")).not.toBeNull();
    act(() => void vi.advanceTimersByTime(200));
    expect(screen.queryByTestId("hint")).toBeNull();
  });

  it("goes at once when the answer is paused", () => {
    const view = render(<HintPill hint={hint("slow_down")} onJudge={() => undefined} />);
    view.rerender(<HintPill hint={null} onJudge={() => undefined} />);
    expect(screen.queryByTestId("hint")).toBeNull();
  });

  it("says that a hint does not help, and takes it back by the same button", () => {
    const told: [string, boolean][] = [];
    render(<HintPill hint={hint("speak_up")} onJudge={({ id }, helpful) => told.push([id, helpful])} />);
    act(() => screen.getByTestId("not-helpful").click());
    expect(screen.getByTestId("hint").textContent).toContain("You will not see this hint again");
    expect(screen.getByTestId("not-helpful").getAttribute("aria-pressed")).toBe("true");
    act(() => screen.getByTestId("not-helpful").click());
    expect(screen.getByTestId("hint").textContent).toBe("Text of speak_up");
    expect(told).toEqual([
      ["speak_up", false],
      ["speak_up", true],
    ]);
  });

  it("says it once, however long X is held", () => {
    const told: string[] = [];
    render(<HintPill hint={hint("speak_up")} onJudge={({ id }) => told.push(id)} />);
    const press = (repeat: boolean) => new KeyboardEvent("keydown", { key: "x", repeat });
    act(() => void window.dispatchEvent(press(false)));
    for (let n = 0; n < 3; n++) act(() => void window.dispatchEvent(press(true)));
    expect(told).toEqual(["speak_up"]);
  });
});
