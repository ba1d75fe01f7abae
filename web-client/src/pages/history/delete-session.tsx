// Delete: asked once, plainly, because it cannot be undone.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { deleteSession } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys } from "../../api/queries";
import type { Session } from "../../api/types";
import { Confirm } from "../../ui/confirm";

export function DeleteSession({ session }: { session: Session }) {
  const [asking, setAsking] = useState(false);
  const [path, go] = useLocation();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteSession(session.id),
    onSuccess: async () => {
      setAsking(false);
      if (path.startsWith("/sessions/")) go("/history");
      cache.removeQueries({ queryKey: keys.session(session.id) });
      cache.removeQueries({ queryKey: keys.report(session.id) });
      await Promise.all([
        cache.invalidateQueries({ queryKey: keys.sessions }),
        cache.invalidateQueries({ queryKey: keys.trends }),
      ]);
    },
  });
  return (
    <>
      <button
        type="button"
        data-testid="delete"
        aria-label="Delete this session"
        title="Delete"
        onClick={() => setAsking(true)}
        className="grid size-11 place-items-center rounded-xl text-ink-3 hover:bg-danger-soft hover:text-danger"
      >
        <Trash2 size={18} aria-hidden="true" />
      </button>
      <Confirm
        open={asking}
        title="Delete this session?"
        yes="Delete for good"
        no="Keep it"
        danger
        busy={remove.isPending}
        onNo={() => setAsking(false)}
        onYes={() => remove.mutate()}
      >
        The recording, the report and everything measured go. This cannot be undone.
        {remove.isError && <p className="mt-3 text-danger">{asProblem(remove.error).message}</p>}
      </Confirm>
    </>
  );
}
