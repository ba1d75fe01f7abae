// History: a row per session with its four numbers, trends above, two rows chosen to compare.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import * as calls from "../../api/calls";
import { keys, useTrends } from "../../api/queries";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { HistoryRow } from "./history-row";
import { Keeping } from "./keeping";
import { Trends } from "./trends";

export default function History() {
  const sessions = useInfiniteQuery({
    queryKey: keys.sessions,
    queryFn: ({ pageParam }) => calls.sessions(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const trends = useTrends();
  const [, go] = useLocation();
  const [pair, setPair] = useState<string[]>([]);
  const rows = (sessions.data?.pages ?? [])
    .flatMap((page) => page.sessions)
    .filter((x) => x.state !== "created" && x.state !== "deleted");
  const choose = (id: string) =>
    setPair((now) => (now.includes(id) ? now.filter((x) => x !== id) : [...now, id].slice(-2)));

  return (
    <Frame title="History">
      <h1 className="text-3xl font-semibold">History</h1>
      <div className="mt-8 grid gap-8">
        {sessions.isPending && <Loading what="your sessions" rows={4} />}
        {sessions.isError && <Failure error={sessions.error} retry={() => void sessions.refetch()} />}
        {sessions.data && rows.length === 0 && (
          <Empty
            title="Nothing recorded yet"
            action={
              <ButtonLink to="/" look="primary">
                Choose a question
              </ButtonLink>
            }
          >
            Your answers will be kept here, with their scores.
          </Empty>
        )}
        {trends.data && <Trends trends={trends.data} />}
        {rows.length > 0 && (
          <ul
            className="divide-y divide-line overflow-hidden rounded-3xl border border-line bg-surface"
            data-testid="history"
          >
            {rows.map((session) => (
              <HistoryRow
                key={session.id}
                session={session}
                trends={trends.data ?? null}
                picked={pair.includes(session.id)}
                onPick={() => choose(session.id)}
              />
            ))}
          </ul>
        )}
        {sessions.hasNextPage && (
          <Button
            className="justify-self-center"
            disabled={sessions.isFetchingNextPage}
            onClick={() => void sessions.fetchNextPage()}
          >
            Show older sessions
          </Button>
        )}
        <Keeping />
      </div>
      {pair.length > 0 && (
        <div className="appear fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface px-4 pb-[max(0.75rem,env(safe-area-inset-bottom))] pt-3">
          <div className="mx-auto flex max-w-5xl items-center gap-3 sm:px-4">
            <p className="flex-1 text-sm text-ink-2" role="status">
              {pair.length === 1 ? "Choose one more to compare" : "Two chosen"}
            </p>
            <Button look="quiet" onClick={() => setPair([])}>
              Clear
            </Button>
            <Button
              look="primary"
              disabled={pair.length < 2}
              data-testid="compare"
              onClick={() => go(`/compare?a=${pair[0]}&b=${pair[1]}`)}
            >
              Compare
            </Button>
          </div>
        </div>
      )}
    </Frame>
  );
}
