import { describe, expect, it } from "vitest";
import type { Comment } from "../api/types";
import { places, threads } from "./threads";

const comment = (id: string, more: Partial<Comment> = {}): Comment => ({
  id,
  reply_to: null,
  start_ms: null,
  end_ms: null,
  text: id,
  author_name: "Gus",
  by: "guest",
  own: false,
  created_us: 0,
  resolved_us: null,
  deleted: false,
  ...more,
});

describe("comments", () => {
  it("stand by place, the whole session first, with their replies by time", () => {
    const all = [
      comment("late", { start_ms: 9000 }),
      comment("second reply", { reply_to: "early", created_us: 2 }),
      comment("early", { start_ms: 0, created_us: 1 }),
      comment("first reply", { reply_to: "early", created_us: 1 }),
      comment("early, earlier", { start_ms: 0 }),
      comment("whole"),
    ];
    const read = threads(all).map(({ first, replies }) => [first.id, ...replies.map(({ id }) => id)]);
    expect(read).toEqual([["whole"], ["early, earlier"], ["early", "first reply", "second reply"], ["late"]]);
  });

  it("are marked where they have a place and are not settled", () => {
    const all = [comment("a"), comment("b", { start_ms: 5 }), comment("c", { start_ms: 7, resolved_us: 1 })];
    expect(places(all)).toEqual([5]);
  });
});
