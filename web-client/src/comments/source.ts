// Where comments come from and go to: a session that one may see, or what a link shows.
import * as calls from "../api/calls";
import type { CommentRequest, Comments } from "../api/types";

export interface Source {
  key: readonly unknown[];
  list: () => Promise<Comments>;
  /** `name`: how a guest is called; people with an account are known. */
  add: (body: CommentRequest, name: string | null) => Promise<unknown>;
  remove: (comment: string) => Promise<unknown>;
  /** Absent for guests. */
  resolve?: (comment: string, resolved: boolean) => Promise<unknown>;
  /** For the owner alone. */
  removeAll?: () => Promise<unknown>;
  /** Whether every comment may be deleted and settled, or one's own alone. */
  all: boolean;
  /** Whether a name is asked for. */
  asksName: boolean;
}

export function ofSession(id: string, own: boolean): Source {
  const source: Source = {
    key: ["comments", id],
    list: () => calls.comments(id),
    add: (body) => calls.addComment(id, body),
    remove: (comment) => calls.deleteComment(id, comment),
    resolve: (comment, resolved) => calls.resolveComment(id, comment, resolved),
    all: own,
    asksName: false,
  };
  return own ? { ...source, removeAll: () => calls.deleteComments(id) } : source;
}

export const ofLink = (link: string): Source => ({
  key: ["guest-comments", link],
  list: () => calls.guestComments(link),
  add: (body, name) => calls.addGuestComment(link, { ...body, name }),
  remove: (comment) => calls.deleteGuestComment(link, comment),
  all: false,
  asksName: true,
});
