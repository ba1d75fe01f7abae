// The way to the report says how far it is, and what it waits for.
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Progress } from "./progress";

afterEach(cleanup);

it("says that the recording is safe while the store is away", () => {
  render(<Progress state="finalising" source="live" stage={{ stage: "waiting_for_store", percent: 40 }} />);
  expect(screen.getByRole("status").textContent).toContain("Your recording is safe");
  expect(screen.getByRole("status").textContent).toContain("40 %");
});

it("says nothing of waiting while all goes well", () => {
  render(<Progress state="scoring" source="live" stage={{ stage: "scoring", percent: 70 }} />);
  expect(screen.getByRole("status").textContent).not.toContain("safe");
});
