// What has to be known about the recording as a whole is said once, and nothing where there is nothing.
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Notices } from "./notices";

afterEach(cleanup);

it("says in a sentence that a file ends early", () => {
  render(<Notices texts={["The file ends early: 8.5 s of 15.0 s could be read."]} />);
  expect(screen.getByTestId("notices").textContent).toContain("8.5 s of 15.0 s");
});

it("has no box where there is nothing to say", () => {
  render(<Notices texts={[]} />);
  expect(screen.queryByTestId("notices")).toBeNull();
});
