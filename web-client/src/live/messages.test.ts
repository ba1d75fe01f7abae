// Whatever the wire brings, the page goes on.
import { describe, expect, it } from "vitest";
import { MAX_LENGTH, parse } from "./messages";

describe("a message", () => {
  it("is read with its number", () => {
    expect(
      parse(
        '{"type":"hint","seq":7,"t":12000,"id":"slow_down","text":"Slow down a little","evidence":"181 wpm","positive":false,"for_ms":4000}',
      ),
    ).toEqual({
      type: "hint",
      seq: 7,
      t: 12000,
      id: "slow_down",
      text: "Slow down a little",
      evidence: "181 wpm",
      positive: false,
      for_ms: 4000,
    });
  });

  it("of an unknown type is ignored", () => {
    expect(parse('{"type":"applause","seq":1}')).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["half a message", '{"type":"vitals","t":'],
    ["a list", "[1,2,3]"],
    ["null", "null"],
    ["a number", "7"],
    ["a type that is no text", '{"type":{"a":1}}'],
    ["a state without a state", '{"type":"state"}'],
    ["a hint without words", '{"type":"hint","text":"   "}'],
    ["deep nesting", "[".repeat(20_000)],
    ["too much", `{"type":"hint","text":"${"x".repeat(MAX_LENGTH)}"}`],
  ])("that is %s is ignored", (_, text) => {
    expect(parse(text)).toBeNull();
  });

  it("that is binary is ignored", () => {
    expect(parse(new ArrayBuffer(8))).toBeNull();
    expect(parse(new Blob(["{}"]))).toBeNull();
  });

  it("with wrong kinds of values keeps only what it can trust", () => {
    expect(
      parse('{"type":"hint","t":"soon","id":5,"text":"Slow down","evidence":[],"positive":1,"for_ms":"long"}'),
    ).toEqual({
      type: "hint",
      seq: null,
      t: 0,
      id: "",
      text: "Slow down",
      evidence: "",
      positive: false,
      for_ms: 4000,
    });
  });

  it("cannot hold a hint on screen for an hour, nor fill the screen with it", () => {
    const hint = parse(`{"type":"hint","text":"${"very ".repeat(100)}","for_ms":3600000}`);
    expect(hint).toMatchObject({ for_ms: 10_000 });
    expect(hint?.type === "hint" && hint.text.length).toBeLessThanOrEqual(60);
  });

  it("keeps progress between 0 and 100", () => {
    expect(parse('{"type":"progress","stage":"scoring","percent":4000}')).toMatchObject({ percent: 100 });
  });

  it("does not take over a session that is none", () => {
    expect(parse('{"type":"hello","session":{"id":5}}')).toMatchObject({ session: null });
  });

  it("named like a part of every object is ignored", () => {
    for (const type of ["__proto__", "constructor", "toString"]) expect(parse(JSON.stringify({ type }))).toBeNull();
  });
});
