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
    render(<HintPill hint={hint("slow_down")} onNotHelpful={() => undefined} />);
    expect(screen.getByTestId("hint").textContent).toBe("Text of slow_down");
    act(() => void vi.advanceTimersByTime(3900));
    expect(screen.queryByTestId("hint")).not.toBeNull();
    act(() => void vi.advanceTimersByTime(200));
    expect(screen.queryByTestId("hint")).toBeNull();
  });

  it("goes at once when the answer is paused", () => {
    const view = render(<HintPill hint={hint("slow_down")} onNotHelpful={() => undefined} />);
    view.rerender(<HintPill hint={null} onNotHelpful={() => undefined} />);
    expect(screen.queryByTestId("hint")).toBeNull();
  });

  it("tells once that a hint did not help, however often the button is pressed", () => {
    const told: string[] = [];
    render(<HintPill hint={hint("speak_up")} onNotHelpful={({ id }) => told.push(id)} />);
    act(() => screen.getByTestId("not-helpful").click());
    expect(told).toEqual(["speak_up"]);
    expect(screen.getByTestId("not-helpful").hasAttribute("disabled")).toBe(true);
    act(() => screen.getByTestId("not-helpful").click());
    expect(told).toEqual(["speak_up"]);
  });

  it("tells once that a hint did not help, however long X is held", () => {
    const told: string[] = [];
    render(<HintPill hint={hint("speak_up")} onNotHelpful={({ id }) => told.push(id)} />);
    for (let n = 0; n < 3; n++) act(() => void window.dispatchEvent(new KeyboardEvent("keydown", { key: "x" })));
    expect(told).toEqual(["speak_up"]);
  });
});
