// Correcting the words by keyboard: what is saved, given up, refused and taken back.
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../api/problem";
import type { Report } from "../../api/types";
import { Player } from "../../replay/player";
import { linesOf } from "../../replay/transcript";
import { Transcript } from "./transcript";
import type { Correcting } from "./use-corrections";

const phrase = (start: number, text: string, heard?: string) => ({
  t: start,
  start,
  end: start + 2000,
  text,
  logp: -0.05,
  complete: true,
  source: "test",
  words: text
    .split(" ")
    .map((w, i) => ({ w, start: start + i * 300, end: start + i * 300 + 250, filler: false, logp: 0 })),
  ...(heard === undefined ? {} : { heard }),
});

function show(
  change: Partial<Correcting> | null,
  transcript = [phrase(1000, "we moved the pay men"), phrase(4000, "to Oslo")],
) {
  const report = { transcript } as unknown as Report;
  const correcting = change && {
    corrections: [],
    pending: false,
    save: vi.fn(() => Promise.resolve()),
    undo: vi.fn(() => Promise.resolve()),
    ...change,
  };
  const player = new Player(10_000);
  const lines = linesOf(report, 0, 10_000, correcting?.corrections);
  render(<Transcript lines={lines} player={player} outline={[]} correcting={correcting} />);
  return { correcting, player };
}

const rows = () => screen.getAllByRole("listitem");

afterEach(cleanup);

describe("correcting the words", () => {
  it("saves by Enter what was typed after E, and goes back to the line", async () => {
    const { correcting, player } = show({});
    const seek = vi.spyOn(player, "seek");
    rows()[0]?.focus();
    await userEvent.keyboard("{ArrowDown}e");
    const field = screen.getByTestId<HTMLTextAreaElement>("correction");
    expect([field.value, document.activeElement]).toEqual(["to Oslo", field]);
    await userEvent.keyboard(", Norway{Enter}");
    expect(correcting?.save).toHaveBeenCalledExactlyOnceWith(4000, "to Oslo, Norway");
    expect(screen.queryByTestId("correction")).toBeNull();
    expect(document.activeElement).toBe(rows()[1]);
    expect(seek).not.toHaveBeenCalled();
  });

  it("gives up by Escape, and saves neither nothing nor the same", async () => {
    const { correcting } = show({});
    rows()[0]?.focus();
    await userEvent.keyboard("e changed{Escape}");
    expect(screen.queryByTestId("correction")).toBeNull();
    await userEvent.keyboard("e");
    await userEvent.keyboard("{Enter}");
    expect(screen.queryByTestId("correction")).toBeNull();
    await userEvent.keyboard("e");
    await userEvent.clear(screen.getByTestId("correction"));
    await userEvent.keyboard("{Enter}");
    expect(screen.getByTestId("correction")).toBeTruthy();
    expect(correcting?.save).not.toHaveBeenCalled();
  });

  it("says why a correction is refused, and keeps what was typed", async () => {
    const refused = () => Promise.reject(new Problem(422, "unprocessable", "Not so", "nobody says more than 9 words"));
    show({ save: refused });
    await userEvent.click(screen.getByRole("button", { name: "Correct: to Oslo" }));
    await userEvent.keyboard(" or so{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("nobody says more than 9 words");
    expect(screen.getByTestId<HTMLTextAreaElement>("correction").value).toBe("to Oslo or so");
  });

  it("shows a correction at once, what was heard beside it, and takes it back", async () => {
    const corrections = [{ start_ms: 1000, text: "we moved the payment" }];
    const { correcting } = show({ corrections, pending: true });
    expect(rows()[0]?.textContent).toContain("we moved the payment");
    expect(screen.getByTestId("heard").textContent).toContain("As heard: “we moved the pay men”");
    expect(screen.getByRole("status").textContent).toContain("being counted");
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect(correcting?.undo).toHaveBeenCalledExactlyOnceWith(1000);
    cleanup();
    show({ corrections }, [phrase(1000, "we moved the payment", "we moved the pay men")]);
    expect(screen.getByTestId("heard").textContent).toContain("we moved the pay men");
  });

  it("is for the owner alone", async () => {
    show(null, [phrase(1000, "we moved the payment", "we moved the pay men")]);
    rows()[0]?.focus();
    await userEvent.keyboard("e");
    expect([screen.queryByTestId("correction"), screen.queryByTestId("heard")]).toEqual([null, null]);
    expect(screen.queryByRole("button", { name: /Correct/ })).toBeNull();
  });
});
