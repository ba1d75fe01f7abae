// What the owner corrected of the words. The report follows within a moment: until then the page shows the new text.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { correct, corrections, takeBack } from "../../api/calls";
import { keys } from "../../api/queries";
import type { Corrections } from "../../api/types";

/** How often the server is asked whether the report is computed, milliseconds. */
const ASK_MS = 500;

const NONE: Corrections["corrections"] = [];

export interface Correcting {
  corrections: Corrections["corrections"];
  /** Whether the report is still being computed. */
  pending: boolean;
  save: (start_ms: number, text: string) => Promise<unknown>;
  undo: (start_ms: number) => Promise<unknown>;
}

/** null: the session is somebody else's. */
export function useCorrections(session: string, own: boolean): Correcting | null {
  const cache = useQueryClient();
  const key = keys.corrections(session);
  const list = useQuery({
    queryKey: key,
    queryFn: () => corrections(session),
    enabled: own,
    refetchInterval: ({ state }) => (state.data?.pending ? ASK_MS : false),
  });
  const renew = useCallback(() => {
    for (const changed of [keys.report(session), keys.sessions, keys.trends, ["search"]]) {
      void cache.invalidateQueries({ queryKey: changed });
    }
  }, [cache, session]);
  const then = {
    onSuccess: (now: Corrections) => {
      cache.setQueryData(key, now);
      // It may be computed before this answer came.
      if (!now.pending) renew();
    },
  };
  const saving = useMutation({
    mutationFn: ({ start_ms, text }: { start_ms: number; text: string }) => correct(session, start_ms, text),
    ...then,
  });
  const undoing = useMutation({ mutationFn: (start_ms: number) => takeBack(session, start_ms), ...then });

  const pending = list.data?.pending ?? false;
  const before = useRef(false);
  useEffect(() => {
    if (before.current && !pending) renew();
    before.current = pending;
  }, [pending, renew]);

  if (!own) return null;
  return {
    corrections: list.data?.corrections ?? NONE,
    pending,
    save: (start_ms, text) => saving.mutateAsync({ start_ms, text }),
    undo: (start_ms) => undoing.mutateAsync(start_ms),
  };
}
