// Every page has one heading of the first level, also while it loads and when it has nothing to show.
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Problem } from "../api/problem";
import { Empty, Failure, Loading } from "./states";

afterEach(cleanup);

const heading = (level: number) => screen.getByRole("heading", { level }).textContent;

describe("a state that is all of a page", () => {
  it("has the heading of the page", () => {
    render(<Loading page what="the report" />);
    expect(heading(1)).toBe("Loading the report");
    cleanup();
    render(
      <Empty page title="Nothing here">
        Yet.
      </Empty>,
    );
    expect(heading(1)).toBe("Nothing here");
    cleanup();
    render(<Failure page error={new Problem(404, "gone", "It is gone", null)} />);
    expect(heading(1)).toBe("It is gone");
  });

  it("leaves that heading to the page where it is a part of one", () => {
    render(<Empty title="Nothing here">Yet.</Empty>);
    render(<Failure error={new Problem(404, "gone", "It is gone", null)} title="Not loaded" />);
    expect(screen.queryByRole("heading", { level: 1 })).toBeNull();
    expect(screen.getAllByRole("heading", { level: 2 }).map((x) => x.textContent)).toEqual([
      "Nothing here",
      "Not loaded",
    ]);
  });
});
