// The reference answer to a question: the one with a star, if there is one.
import { useQuery } from "@tanstack/react-query";
import { sessions } from "../../api/calls";
import type { Session } from "../../api/types";

/** Pages of the list that are looked through. */
const PAGES = 6;

/** Whether a session can be compared with another: a reference to one of the same questions. */
export const isReferenceFor = (other: Session, mine: Session): boolean =>
  other.gold &&
  other.state === "ready" &&
  other.id !== mine.id &&
  other.questions.some(({ id }) => mine.questions.some((question) => question.id === id));

/** Looks for the newest reference to one of the session's questions; null: there is none. */
export function useReference(mine: Session): Session | null {
  const query = useQuery({
    queryKey: ["sessions", "reference", mine.id, mine.gold],
    queryFn: async () => {
      let before: string | null = null;
      for (let page = 0; page < PAGES; page++) {
        const found: Awaited<ReturnType<typeof sessions>> = await sessions(before);
        const reference = found.sessions.find((other) => isReferenceFor(other, mine));
        if (reference) return reference;
        if (!found.next) break;
        before = found.next;
      }
      return null;
    },
    staleTime: 60_000,
  });
  return query.data ?? null;
}
