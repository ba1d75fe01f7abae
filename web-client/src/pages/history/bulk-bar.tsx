// What can be done with the sessions that are chosen: compare two, delete any number.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { keys } from "../../api/queries";
import type { Session } from "../../api/types";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { deleteMany, deletionWords } from "./delete-many";

interface Props {
  chosen: readonly Session[];
  onClear: () => void;
}

export function BulkBar({ chosen, onClear }: Props) {
  const [asking, setAsking] = useState(false);
  const [, go] = useLocation();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteMany(chosen.map(({ id }) => id)),
    onSuccess: () => {
      setAsking(false);
      onClear();
    },
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: keys.sessions }),
        cache.invalidateQueries({ queryKey: keys.trends }),
      ]),
  });
  const count = chosen.length;
  const [a, b] = chosen;
  const comparable = count === 2 && chosen.every(({ state }) => state === "ready");
  if (count === 0) return null;
  return (
    <section
      aria-label="Chosen sessions"
      className="appear fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface px-4 pb-[max(0.75rem,env(safe-area-inset-bottom))] pt-3"
    >
      <div
        role="toolbar"
        aria-label="With the chosen sessions"
        className="mx-auto flex max-w-[88rem] flex-wrap items-center gap-2 sm:px-4"
      >
        <p className="flex-1 text-sm text-ink-2" role="status">
          {count === 1 ? "1 chosen. Choose one more to compare." : `${count} chosen`}
        </p>
        <Button look="quiet" onClick={onClear}>
          Clear
        </Button>
        <Button onClick={() => setAsking(true)} data-testid="delete-chosen">
          Delete
        </Button>
        <Button
          look="primary"
          disabled={!comparable}
          data-testid="compare"
          onClick={() => a && b && go(`/compare?a=${a.id}&b=${b.id}`)}
        >
          Compare
        </Button>
      </div>
      <Confirm
        open={asking}
        title={count === 1 ? "Delete this session?" : `Delete these ${count} sessions?`}
        yes="Delete for good"
        no="Keep them"
        danger
        busy={remove.isPending}
        onNo={() => setAsking(false)}
        onYes={() => remove.mutate()}
      >
        Recordings, reports and everything measured go. This cannot be undone.
        {remove.isError && (
          <p role="alert" className="mt-3 text-danger">
            {deletionWords(remove.error)}
          </p>
        )}
      </Confirm>
    </section>
  );
}
