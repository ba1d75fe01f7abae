// The colours hold what they promise: readable text, and four hues that colour-blind people can tell apart.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../styles.css"), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name ?? "",
    { light: light ?? "", dark: dark ?? "" },
  ]),
);

type Rgb = [number, number, number];
const linear = (hex: string): Rgb =>
  [1, 3, 5].map((i) => {
    const v = parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(linear(a)), luminance(linear(b))].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
};

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const BLINDNESS: Record<string, [Rgb, Rgb, Rgb]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const seen = (rgb: Rgb, matrix: [Rgb, Rgb, Rgb]): Rgb =>
  matrix.map((row) => Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]))) as Rgb;
/** CIE L*a*b*, D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(luminance([r, g, b]));
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const distance = (a: Rgb, b: Rgb) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

const of = (name: string, mode: "light" | "dark") => {
  const token = tokens.get(name);
  if (!token) throw new Error(`no token --${name}`);
  return token[mode];
};
const SCORES = ["confidence", "clarity", "resilience", "engagement"];

describe.each(["light", "dark"] as const)("in %s", (mode) => {
  it.each(["ink", "ink-2", "ink-3", "accent", "danger", "caution", ...SCORES])(
    "--%s is readable on every ground",
    (name) => {
      for (const ground of ["ground", "surface", "sunken"])
        expect(contrast(of(name, mode), of(ground, mode)), ground).toBeGreaterThanOrEqual(4.5);
    },
  );

  it("text on filled buttons and notices is readable", () => {
    for (const [text, ground] of [
      ["on-accent", "accent"],
      ["on-accent", "danger"],
      ["ground", "ink"],
      ["danger", "danger-soft"],
      ["caution", "caution-soft"],
      ["ink", "accent-soft"],
      ["ink-2", "accent-soft"],
    ] as const)
      expect(contrast(of(text, mode), of(ground, mode)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });

  it("curves and controls stand out from their ground", () => {
    for (const name of ["lane-1", "lane-2", "line-strong"])
      expect(contrast(of(name, mode), of("surface", mode)), name).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.keys(BLINDNESS))("the four hues differ with %s", (kind) => {
    const matrix = BLINDNESS[kind];
    if (!matrix) throw new Error(kind);
    const colours = SCORES.map((name) => lab(seen(linear(of(name, mode)), matrix)));
    for (const [i, a] of colours.entries())
      for (const [j, b] of colours.entries())
        if (i < j) expect(distance(a, b), `${SCORES[i]} and ${SCORES[j]}`).toBeGreaterThan(12);
  });
});
