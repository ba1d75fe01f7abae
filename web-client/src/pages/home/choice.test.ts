// Choosing questions.
import { describe, expect, it } from "vitest";
import type { Question } from "../../api/types";
import {
  classicsOf,
  fromSearch,
  matching,
  minutes,
  moved,
  ownOf,
  recommendedOf,
  surpriseOf,
  toggled,
  toSearch,
} from "./choice";

const question = (id: string, family: Question["family"], text: string): Question => ({
  id,
  family,
  text,
  suggested_ms: 90_000,
  tip: "",
  label: null,
  own: false,
  classic: false,
});
const bank = [
  question("a", "failure", "A goal you missed"),
  question("b", "conflict", "A goal you fought for"),
  question("c", "conflict", "Saying no"),
];

describe("the choice", () => {
  it("finds questions that hold every word, in the family that is looked at", () => {
    expect(matching(bank, null, "goal YOU").map((x) => x.id)).toEqual(["a", "b"]);
    expect(matching(bank, "conflict", "goal").map((x) => x.id)).toEqual(["b"]);
    expect(matching(bank, null, "  ").length).toBe(3);
  });

  it("keeps the order of choosing and takes no sixth", () => {
    expect(toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(toggled(["1", "2", "3", "4", "5"], "6")).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("survives an address that somebody typed", () => {
    expect(fromSearch("q=a,a,b,,c,d,e,f,g")).toEqual(["a", "b", "c", "d", "e"]);
    expect(fromSearch(`q=${"x".repeat(5000)}`)).toEqual([]);
    expect(fromSearch("%E0%A4%A")).toEqual([]);
    expect(fromSearch(toSearch(["a&b", "c"]))).toEqual(["a&b", "c"]);
  });

  it("begins with the first classic that the bank has, else with its first question", () => {
    const classic = { ...question("conflict-colleague", "conflict", "A disagreement"), classic: true };
    expect(recommendedOf([...bank, classic])?.id).toBe("conflict-colleague");
    expect(classicsOf([...bank, classic])).toEqual([classic]);
    expect(recommendedOf(bank)?.id).toBe("a");
    expect(recommendedOf([])).toBeNull();
  });

  it("surprises with a question that was not answered lately, while there is one", () => {
    expect(surpriseOf(bank, ["a", "b"], 0.99)?.id).toBe("c");
    expect(surpriseOf(bank, ["a", "b", "c"], 0)?.id).toBe("a");
    expect(surpriseOf([], [], 0.5)).toBeNull();
  });

  it("finds what somebody wrote by its label", () => {
    const own = { ...question("own-1", "motivation", "Why us?"), own: true, label: "Acme" };
    expect(matching([...bank, own], null, "acme why")).toEqual([own]);
    expect(ownOf([...bank, own])).toEqual([own]);
  });

  it("moves within the list and not beyond it", () => {
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], -1, 0)).toEqual(["a", "b"]);
  });

  it("tells the time in half minutes", () => {
    expect([minutes(90_000), minutes(120_000)]).toEqual(["1.5 min", "2 min"]);
  });
});
