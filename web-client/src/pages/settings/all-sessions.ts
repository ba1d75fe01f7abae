// All of a person's sessions, page by page: for what concerns every one of them.
import { useQuery } from "@tanstack/react-query";
import { sessions } from "../../api/calls";
import type { Session } from "../../api/types";

/** Pages that are asked for at most. */
const PAGES = 100;

export async function allSessions(): Promise<Session[]> {
  const found: Session[] = [];
  let before: string | null = null;
  for (let page = 0; page < PAGES; page++) {
    const next: Awaited<ReturnType<typeof sessions>> = await sessions(before);
    found.push(...next.sessions);
    if (!next.next) break;
    before = next.next;
  }
  return found.filter(({ state }) => state !== "deleted");
}

/** Asked for when a dialog opens, and never taken from before. */
export const useAllSessions = (enabled: boolean) =>
  useQuery({ queryKey: ["sessions", "all"], queryFn: allSessions, enabled, staleTime: 0, gcTime: 0 });

const DAY_US = 86_400_000_000;

/** The sessions that are older than so many days. `now_us`: microseconds since 1970. */
export const olderThan = (all: readonly Session[], days: number, now_us: number): Session[] =>
  all.filter(({ created_us }) => now_us - created_us > days * DAY_US);
