// Values in words.
import { describe, expect, it } from "vitest";
import { aimInWords, inWords } from "./measures";

describe("a value in words", () => {
  it("is the report's own text", () => {
    expect(inWords({ value: -26, unit: "dB", text: "the last words died away in 4 of 9 phrases" })).toBe(
      "the last words died away in 4 of 9 phrases",
    );
  });

  it("is the number with its unit where an older report has no text", () => {
    expect(inWords({ value: 172, unit: "wpm" })).toBe("172 words a minute");
    expect(inWords({ value: 5.2, unit: "/min", text: null })).toBe("5.2 a minute");
    expect(inWords({ value: 1.5, unit: "parsec", text: "" })).toBe("1.50 parsec");
  });
});

describe("an aim", () => {
  it("has its unit written out", () => {
    expect(aimInWords("120 to 160 wpm")).toBe("120 to 160 words a minute");
    expect(aimInWords("70 % or more")).toBe("70 % or more");
  });
});
