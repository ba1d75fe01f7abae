// What people say about a session: comments at a moment, at a stretch or on the whole, with replies.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "../api/problem";
import type { Comment } from "../api/types";
import { clock } from "../live/timer";
import type { Player } from "../replay/player";
import { when } from "../replay/words";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Failure } from "../ui/states";
import type { Source } from "./source";
import { threads, type Thread } from "./threads";
import { Write } from "./write";

export const useComments = (source: Source, enabled = true) =>
  useQuery({ queryKey: source.key, queryFn: source.list, enabled, refetchInterval: 30_000 });

const ROLES: Record<Comment["by"], string> = { owner: "owner", person: "reviewer", guest: "guest" };

interface One {
  comment: Comment;
  source: Source;
  player: Player;
  /** Absent where nothing can be replied to. */
  onReply?: () => void;
}

function Body({ comment, source, player, onReply }: One) {
  const cache = useQueryClient();
  const renew = { onSettled: () => cache.invalidateQueries({ queryKey: source.key }) };
  const remove = useMutation({ mutationFn: () => source.remove(comment.id), ...renew });
  const settle = useMutation({
    mutationFn: (on: boolean) => source.resolve?.(comment.id, on) ?? Promise.resolve(),
    ...renew,
  });
  const { start_ms: start, end_ms: end, resolved_us: resolved } = comment;
  const mine = (source.all || comment.own) && !comment.deleted;
  const failed = remove.error ?? settle.error;
  return (
    <div className={resolved === null ? "" : "opacity-70"} data-testid="comment">
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-ink-2">
        {!comment.deleted && (
          <>
            <span className="font-medium text-ink">{comment.author_name}</span>
            <span>{ROLES[comment.by]}</span>
          </>
        )}
        <span>{when(comment.created_us)}</span>
        {start !== null && (
          <button
            type="button"
            className="tabular min-h-8 font-medium text-accent hover:underline"
            onClick={() => player.playMoment(start, end ?? start + 4000)}
          >
            <span className="sr-only">Play from </span>
            {clock(start)}
            {end !== null && end > start && ` to ${clock(end)}`}
          </button>
        )}
        {resolved !== null && <span>settled</span>}
      </p>
      {comment.deleted ? (
        <p className="italic text-ink-2">This comment was deleted.</p>
      ) : (
        <p className="whitespace-pre-line break-words">{comment.text}</p>
      )}
      <div className="-ml-4 flex flex-wrap gap-x-1">
        {onReply && (
          <Button look="quiet" onClick={onReply}>
            Reply
          </Button>
        )}
        {mine && source.resolve && comment.reply_to === null && (
          <Button look="quiet" disabled={settle.isPending} onClick={() => settle.mutate(resolved === null)}>
            {resolved === null ? "Mark as settled" : "Open again"}
          </Button>
        )}
        {mine && (
          <Button look="quiet" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Delete
          </Button>
        )}
      </div>
      {failed && (
        <p role="alert" className="text-danger">
          {asProblem(failed).message}
        </p>
      )}
    </div>
  );
}

function Talk({ thread, source, player }: { thread: Thread; source: Source; player: Player }) {
  const [replying, setReplying] = useState(false);
  return (
    <li className="grid gap-2 py-4">
      <Body
        comment={thread.first}
        source={source}
        player={player}
        {...(replying || thread.first.deleted ? {} : { onReply: () => setReplying(true) })}
      />
      {thread.replies.length > 0 && (
        <ol className="grid gap-3 border-l-2 border-line pl-4">
          {thread.replies.map((reply) => (
            <li key={reply.id}>
              <Body comment={reply} source={source} player={player} />
            </li>
          ))}
        </ol>
      )}
      {replying && (
        <Write source={source} player={player} replyTo={thread.first.id} onDone={() => setReplying(false)} />
      )}
    </li>
  );
}

function DeleteAll({ source, count }: { source: Source; count: number }) {
  const cache = useQueryClient();
  const [asked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: () => source.removeAll?.() ?? Promise.resolve(),
    onSettled: () => {
      setAsked(false);
      return cache.invalidateQueries({ queryKey: source.key });
    },
  });
  return (
    <>
      <Button look="quiet" onClick={() => setAsked(true)}>
        Delete all
      </Button>
      <Confirm
        open={asked}
        title="Delete all comments?"
        yes="Delete"
        no="Keep"
        danger
        busy={remove.isPending}
        onYes={() => remove.mutate()}
        onNo={() => setAsked(false)}
      >
        {count === 1 ? "One comment goes" : `${count} comments go`} for good, also for those who wrote them.
      </Confirm>
    </>
  );
}

export function Comments({ source, player }: { source: Source; player: Player }) {
  const comments = useComments(source);
  const all = comments.data?.comments ?? [];
  return (
    <section aria-labelledby="comments" className="print:hidden" data-testid="comments">
      <div className="flex items-center justify-between">
        <h2 id="comments" className="text-lg font-semibold">
          Comments
        </h2>
        {source.removeAll && all.length > 0 && <DeleteAll source={source} count={all.length} />}
      </div>
      {comments.isError && <Failure error={comments.error} retry={() => void comments.refetch()} />}
      {comments.data && all.length === 0 && <p className="text-ink-2">Nobody has said anything yet.</p>}
      <ol className="divide-y divide-line">
        {threads(all).map((thread) => (
          <Talk key={thread.first.id} thread={thread} source={source} player={player} />
        ))}
      </ol>
      <div className="mt-4">
        <Write source={source} player={player} />
      </div>
    </section>
  );
}
