// What is said about a file before it is sent, and how the unfinished one is known again.
import { beforeEach, describe, expect, it } from "vitest";
import { mediaType, objection, remaining, size } from "./kinds";
import { difference, forget, recall, remember } from "./memory";

const file = (name: string, type: string, bytes = 5) => ({ name, type, size: bytes });

describe("a chosen file", () => {
  it("has the type the browser says, or that of its ending", () => {
    expect(mediaType(file("a.bin", "video/webm;codecs=vp9"))).toBe("video/webm");
    expect(mediaType(file("IMG_1.MOV", ""))).toBe("video/quicktime");
    expect(mediaType(file("talk.mkv", "application/octet-stream"))).toBe("video/x-matroska");
    for (const other of [file("a.txt", "text/plain"), file("mp4", ""), file("a.mp4.exe", ""), file("", "")])
      expect(mediaType(other)).toBeNull();
  });

  it("is refused with what would do", () => {
    expect(objection(file("a.pdf", "application/pdf"), 100)).toContain("Choose an MP4");
    expect(objection(file("a.mp4", "", 0), 100)).toContain("empty");
    expect(objection(file("a.mp4", "", 3e9), 2 * 1024 ** 3)).toContain("at most 2 GiB");
    expect(objection(file("a.mp4", "", 100), 100)).toBeNull();
  });

  it("has its size and time in words", () => {
    expect([size(5), size(12_000), size(3_400_000), size(34_000_000), size(1_234_000_000)]).toEqual([
      "5 bytes",
      "12 KB",
      "3.4 MB",
      "34 MB",
      "1.23 GB",
    ]);
    expect([remaining(2), remaining(41), remaining(130), remaining(7200)]).toEqual([
      "a few seconds",
      "45 s",
      "about 2 min",
      "about 2.0 h",
    ]);
  });
});

describe("the unfinished upload", () => {
  const before = { session: "s", question: "q", name: "a.mp4", bytes: 5, modified: 7 };
  beforeEach(() => forget());

  it("is known again after a reload", () => {
    expect(recall()).toBeNull();
    remember(before);
    expect(recall()).toEqual(before);
    forget();
    expect(recall()).toBeNull();
  });

  it("survives what others may have written in its place", () => {
    for (const junk of [
      "",
      "{",
      "null",
      "7",
      "[]",
      "{}",
      JSON.stringify({ ...before, bytes: "5" }),
      JSON.stringify({ ...before, bytes: -1 }),
      JSON.stringify({ ...before, session: "x".repeat(2000) }),
    ]) {
      localStorage.setItem("coach.upload", junk);
      expect(recall()).toBeNull();
    }
  });

  it("goes on with the same file only", () => {
    expect(difference(before, { name: "a.mp4", size: 5, lastModified: 7 })).toBeNull();
    expect(difference(before, { name: "b.mp4", size: 5, lastModified: 7 })).toContain("choose a.mp4");
    expect(difference(before, { name: "a.mp4", size: 6, lastModified: 7 })).toContain("changed");
    expect(difference(before, { name: "a.mp4", size: 5, lastModified: 8 })).toContain("changed");
  });
});
