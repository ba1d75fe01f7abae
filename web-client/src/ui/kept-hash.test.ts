import { afterEach, expect, test } from "vitest";
import { keepHash, keptHash } from "./kept-hash";

afterEach(() => {
  sessionStorage.clear();
  window.history.replaceState(null, "", "/");
});

test("a secret outlives a sign-in, for its own page alone", () => {
  window.history.replaceState(null, "", "/set#one");
  keepHash();
  window.history.replaceState(null, "", "/sign-in?to=%2Fset");
  expect(keptHash()).toBe("");
  window.history.replaceState(null, "", "/set");
  expect(keptHash()).toBe("one");
});

test("a newer address counts", () => {
  window.history.replaceState(null, "", "/set#one");
  keepHash();
  window.history.replaceState(null, "", "/set#two");
  expect(keptHash()).toBe("two");
  window.history.replaceState(null, "", "/set");
  expect(keptHash()).toBe("two");
});
