// What a search finds in the words of all sessions: each phrase leads to its place in the replay.
import { useDeferredValue } from "react";
import { Link } from "wouter";
import { useSearch } from "../../api/queries";
import type { Session } from "../../api/types";
import { clock } from "../../live/timer";
import { day } from "../../replay/words";

/** Shown at once; who looks for more types more. */
const MOST = 20;

export function Said({ typed, sessions }: { typed: string; sessions: readonly Session[] }) {
  const q = useDeferredValue(typed.trim().replace(/\s+/g, " "));
  const { data, isError } = useSearch(q);
  const phrases = q.length < 2 ? [] : (data?.phrases ?? []);
  if (isError && q.length >= 2) {
    return (
      <p role="alert" className="text-sm text-ink-2">
        The words of your sessions could not be searched. Try again in a moment.
      </p>
    );
  }
  if (phrases.length === 0) return null;
  const of = new Map(sessions.map((session) => [session.id, session]));
  return (
    <section aria-labelledby="said-title" data-testid="said" className="mt-6">
      <h2 id="said-title" className="text-sm font-semibold">
        Said in your sessions
      </h2>
      <ul className="mt-2 divide-y divide-line rounded-2xl border border-line bg-surface px-4">
        {phrases.slice(0, MOST).map((phrase) => {
          const session = of.get(phrase.session_id);
          return (
            <li key={`${phrase.session_id} ${phrase.start_ms}`}>
              <Link
                href={`/sessions/${phrase.session_id}?at=${phrase.start_ms}`}
                className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 py-2.5 hover:text-accent"
              >
                <span className="tabular text-sm text-ink-2">
                  {session ? `${day(session.started_us ?? session.created_us)}, ` : ""}
                  {clock(phrase.start_ms)}
                </span>
                <span>{phrase.text}</span>
              </Link>
            </li>
          );
        })}
      </ul>
      {phrases.length > MOST && <p className="mt-2 text-sm text-ink-2">And more: type a longer part of it.</p>}
    </section>
  );
}
