// Errors in whatever form they come.
import { describe, expect, it } from "vitest";
import { asProblem, problemFrom } from "./problem";

describe("a problem", () => {
  it("is read from its document", () => {
    const problem = problemFrom(
      403,
      '{"type":"urn:coach:consent","title":"Consent is needed","status":403,"detail":"Accept the text first."}',
    );
    expect([problem.kind, problem.title, problem.message]).toEqual([
      "consent",
      "Consent is needed",
      "Accept the text first.",
    ]);
  });

  it.each([
    ["a page of a proxy", 502, "<html><body>Bad gateway</body></html>"],
    ["nothing", 500, ""],
    ["null", 404, "null"],
    ["numbers for words", 400, '{"title":5,"detail":[1]}'],
    ["a list", 418, "[]"],
  ])("is plain words for %s", (_, status, body) => {
    const problem = problemFrom(status, body);
    expect(problem.title).not.toBe("");
    expect(problem.message).not.toContain("<");
  });

  it("does not fill the page", () => {
    expect(problemFrom(400, JSON.stringify({ title: "x".repeat(99_999) })).title.length).toBe(200);
  });

  it("says that the server cannot be reached when it cannot", () => {
    expect(asProblem(new TypeError("Failed to fetch")).status).toBe(0);
    expect(asProblem("?").title).toBe("Something went wrong");
  });
});
