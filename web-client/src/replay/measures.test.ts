// Values in words.
import { describe, expect, it } from "vitest";
import { aimInWords, inWords, usualInWords } from "./measures";

const of = (metric: string, value: number, unit: string, share: number | null = 0.5, text: string | null = null) =>
  inWords({ metric, value, unit, share, text });

describe("a value in words", () => {
  it.each([
    ["volume_level", -0.06, "dB", 1, "as loud as usual"],
    ["volume_level", 3, "dB", 1, "as loud as usual"],
    ["volume_level", -10, "dB", 0.2, "about half as loud as usual"],
    ["volume_level", -60, "dB", 0, "about a tenth as loud as usual"],
    ["volume_consistency", 0.8, "dB", 1, "as loud in one phrase as in the next"],
    ["volume_consistency", 4.8, "dB", 0.3, "39 % louder or quieter from phrase to phrase"],
    ["phrase_end_level", -12.4, "dB", 1, "phrases carried to their end"],
    ["phrase_end_level", -26, "dB", 0.2, "the last words about a fifth as loud as the first"],
    ["pitch_drift", 0.1, "st", 1, "as high at the end as at the beginning"],
    ["pitch_drift", 2, "st", 0.3, "wandered clearly"],
    ["pitch_variation", 1.5, "st", 0.3, "rose and fell half as far as a lively voice"],
    ["pitch_variation", 3.4, "st", 1, "rose and fell as far as a lively voice"],
    ["voice_stability", 0.98, "x", 1, "as smooth as usual"],
    ["voice_stability", 1.62, "x", 0.4, "1.6 times as rough as usual"],
    ["head_movement", 3.3, "deg/s", 1, "calm"],
    ["head_movement", 24, "deg/s", 0.6, "2.4 times as much as speaking moves it"],
    ["expressiveness", 0.24, "", 0.3, "a quiet face"],
    ["brow_tension", 0.004, "", 1, "at rest"],
    ["lip_press", 0.2, "", 0.2, "clearly over rest"],
    ["hesitations", 0, "/min", 1, "none"],
  ])("reads %s of %d %s as what is heard or seen", (metric, value, unit, share, words) => {
    expect(of(metric, value, unit, share)).toBe(words);
  });

  it("is the report's own text, or the number with its unit, for every other measure", () => {
    expect(of("pace", 172, "wpm", 0.5, "172 words a minute")).toBe("172 words a minute");
    expect(of("pace", 172, "wpm")).toBe("172 words a minute");
    expect(of("hesitations", 5.2, "/min")).toBe("5.2 a minute");
    expect(of("something_new", 1.5, "parsec")).toBe("1.50 parsec");
  });

  it("never shows decibels or a bare index for a measure that has an aim in words", () => {
    const metrics: [string, string][] = [
      ["volume_level", "dB"],
      ["volume_consistency", "dB"],
      ["phrase_end_level", "dB"],
      ["pitch_variation", "st"],
      ["expressiveness", ""],
      ["brow_tension", ""],
    ];
    for (const [metric, unit] of metrics)
      for (const value of [-80, -12, -1, 0, 0.2, 1, 7, 300])
        for (const share of [0, 0.5, 1, null])
          expect(of(metric, value, unit, share), `${metric} ${value}`).toMatch(/^(?!.*dB)(?!.*NaN).*[a-z]{3}/);
  });
});

describe("one's own usual value", () => {
  it("is shown in units of a speaker only", () => {
    expect(usualInWords(158, "wpm")).toBe("158 words a minute");
    expect(usualInWords(66.1, "dB")).toBeNull();
    expect(usualInWords(0, "smiles")).toBeNull();
    expect(usualInWords(0, "")).toBeNull();
    expect(usualInWords(null, "wpm")).toBeNull();
    expect(usualInWords(Number.NaN, "wpm")).toBeNull();
  });
});

describe("an aim", () => {
  it("has its unit written out", () => {
    expect(aimInWords("120 to 160 wpm")).toBe("120 to 160 words a minute");
    expect(aimInWords("70 % or more")).toBe("70 % or more");
  });
});
