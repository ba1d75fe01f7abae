// Comments as they are read: by place in the session, each with its replies.
import type { Comment } from "../api/types";

export interface Thread {
  first: Comment;
  replies: Comment[];
}

/** What is about the whole session comes first, then by place, then by time of writing. */
export function threads(comments: readonly Comment[]): Thread[] {
  const place = (comment: Comment) => comment.start_ms ?? -1;
  return comments
    .filter((comment) => comment.reply_to === null)
    .sort((a, b) => place(a) - place(b) || a.created_us - b.created_us)
    .map((first) => ({
      first,
      replies: comments.filter((comment) => comment.reply_to === first.id).sort((a, b) => a.created_us - b.created_us),
    }));
}

/** Where comments are that are not settled. */
export const places = (comments: readonly Comment[]): number[] =>
  comments.flatMap((comment) => (comment.start_ms !== null && comment.resolved_us === null ? [comment.start_ms] : []));
