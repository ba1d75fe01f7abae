// The pill on the page: there for its time, then gone.
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CuePill } from "./cue-pill";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const cue = (id: string) => ({ id, text: `Text of ${id}`, evidence: "", positive: false, t: 0, for_ms: 4000 });

describe("the cue pill", () => {
  it("shows a cue for four seconds", () => {
    render(<CuePill cue={cue("slow_down")} />);
    expect(screen.getByTestId("cue").textContent).toBe("Text of slow_down");
    act(() => void vi.advanceTimersByTime(3900));
    expect(screen.queryByTestId("cue")).not.toBeNull();
    act(() => void vi.advanceTimersByTime(200));
    expect(screen.queryByTestId("cue")).toBeNull();
  });

  it("goes at once when the answer is paused", () => {
    const view = render(<CuePill cue={cue("slow_down")} />);
    view.rerender(<CuePill cue={null} />);
    expect(screen.queryByTestId("cue")).toBeNull();
  });
});
