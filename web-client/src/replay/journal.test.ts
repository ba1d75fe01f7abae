// The journal as it streams in, whole, cut, or hostile.
import { describe, expect, it } from "vitest";
import { readJournal } from "./journal";
import { outlineAt, contained } from "./overlay";

const stream = (text: string, size = 7): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.slice(i, i + size));
      controller.close();
    },
  });
};
const outline = (value: number) => Array.from({ length: 80 }, () => value);
const ten = (value: number) => Array.from({ length: 10 }, () => value);
const face = (t: number, value: number | null) =>
  JSON.stringify({
    kind: "face",
    t,
    present: value !== null,
    score: 1,
    outline: value === null ? null : outline(value),
  });
const voice = (t: number, speech: number, f0: number | null = 120) =>
  JSON.stringify({
    kind: "voice",
    t,
    hop: 10,
    f0: Array.from({ length: 10 }, () => f0),
    strength: ten(1),
    intensity: ten(60),
    speech: ten(speech),
    snr_db: null,
  });

describe("the journal", () => {
  it("is read line by line, whatever the chunks are, also through a letter of several bytes", async () => {
    const text = [
      '{"kind":"header","owner":"Zoë"}',
      face(0, 1),
      voice(0, 0.9),
      face(66, null),
      '{"kind":"nucleus","t":1,"at":1}',
      "",
    ].join("\n");
    for (const size of [1, 7, 4096]) {
      const tracks = await readJournal(stream(text, size));
      expect([tracks.frameTimes, tracks.outlines.length, tracks.voiceTimes, tracks.f0, tracks.broken]).toEqual([
        [0, 66],
        1,
        [0],
        [120],
        0,
      ]);
    }
  });

  it("that was cut in the middle of a line gives what is whole", async () => {
    const text = `${face(0, 1)}\n${face(66, 2).slice(0, 90)}`;
    const tracks = await readJournal(stream(text));
    expect([tracks.outlines.length, tracks.broken]).toEqual([1, 1]);
  });

  it.each([
    ["no JSON at all", "<html>404</html>\n"],
    ["an outline of the wrong length", '{"kind":"face","t":0,"present":true,"outline":[1,2,3]}\n'],
    [
      "an outline of words",
      `{"kind":"face","t":0,"present":true,"outline":${JSON.stringify(outline(0)).replaceAll("0", '"x"')}}\n`,
    ],
    ["a time that is none", '{"kind":"face","t":"now","present":true}\n'],
    ["a voice without hops", '{"kind":"voice","t":0,"speech":null}\n'],
    ["times that run backwards", `${face(500, null)}\n${face(100, 5)}\n`],
  ])("with %s draws nothing and breaks nothing", async (_, text) => {
    const tracks = await readJournal(stream(text));
    expect([tracks.outlines.length, tracks.voiceTimes.length]).toEqual([0, 0]);
  });

  it("with a line that never ends is given up, not collected", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(65_536).fill(120));
      },
    });
    expect((await readJournal(endless)).broken).toBe(1);
    expect(pulled).toBeLessThan(10);
  });
});

describe("the outline over the replay", () => {
  it("shows the last analyzed frame, none where the face was away, none long after", async () => {
    const tracks = await readJournal(stream([face(0, 1), face(66, 2), face(133, null), ""].join("\n")));
    expect(outlineAt(tracks, 50)?.[0]).toBe(2);
    expect(outlineAt(tracks, 30)?.[0]).toBe(1);
    expect(outlineAt(tracks, 150)).toBeNull();
    expect(outlineAt(await readJournal(stream(`${face(0, 1)}\n`)), 900)).toBeNull();
  });

  it("lies on the frame, not on the bars beside it", () => {
    expect(contained({ width: 800, height: 300 }, { width: 640, height: 480 })).toEqual({
      x: 200,
      y: 0,
      width: 400,
      height: 300,
    });
    expect(contained({ width: 800, height: 300 }, { width: 0, height: 0 })).toEqual({
      x: 0,
      y: 0,
      width: 800,
      height: 300,
    });
  });
});
