// Deleting several sessions one after another: one that cannot be deleted keeps nobody from deleting the others.
import { deleteSession } from "../../api/calls";
import { asProblem, Problem } from "../../api/problem";

/** Thrown when some of the sessions are still there. */
export class NotAllDeleted extends Error {
  override readonly name = "NotAllDeleted";
  constructor(
    readonly left: number,
    readonly of: number,
    /** Why the first of them could not be deleted. */
    readonly why: string,
  ) {
    super(`${left === of ? (of === 1 ? "It" : "None") : `${left} of ${of}`} could not be deleted: ${why}`);
  }
}

const gone = (error: unknown) => error instanceof Problem && error.status === 404;

/**
 * Deletes the sessions. One that is gone already counts as deleted.
 *
 * Rejects with `NotAllDeleted` after all of them were tried; with the problem itself as soon as the server cannot be reached.
 */
export async function deleteMany(ids: readonly string[]): Promise<void> {
  let left = 0;
  let first: Problem | null = null;
  for (const id of ids) {
    try {
      await deleteSession(id);
    } catch (error) {
      if (gone(error)) continue;
      const problem = asProblem(error);
      // Nobody answers: the others would only wait for the same silence.
      if (problem.status === 0) throw problem;
      left += 1;
      first ??= problem;
    }
  }
  if (first) throw new NotAllDeleted(left, ids.length, first.message);
}

/** What to read when a deletion failed. */
export const deletionWords = (error: unknown): string =>
  error instanceof NotAllDeleted ? error.message : asProblem(error).message;
