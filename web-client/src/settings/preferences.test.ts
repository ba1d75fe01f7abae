// Preferences are read with suspicion: a value that is not one of the choices is the default.
import { describe, expect, it } from "vitest";
import { DEFAULTS, parsePreferences } from "./preferences";

describe("preferences", () => {
  it("are the defaults where nothing or nonsense is kept", () => {
    for (const text of [null, "", "{", "7", "null", "[]", '{"prepareS":31,"selfView":"huge","readAloud":"yes"}']) {
      expect(parsePreferences(text)).toEqual(DEFAULTS);
    }
  });

  it("are what was chosen", () => {
    expect(parsePreferences('{"prepareS":60,"selfView":"hidden","readAloud":true,"voiceOnly":true}')).toEqual({
      ...DEFAULTS,
      prepareS: 60,
      selfView: "hidden",
      readAloud: true,
      voiceOnly: true,
    });
  });
});
