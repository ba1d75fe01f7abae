// The gold star: this session is the reference for its question.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { setGold } from "../../api/calls";
import { keys } from "../../api/queries";
import type { Session } from "../../api/types";

export function GoldStar({ session, labelled }: { session: Session; labelled?: boolean }) {
  const cache = useQueryClient();
  const set = useMutation({
    mutationFn: (gold: boolean) => setGold(session.id, gold),
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: keys.sessions }),
        cache.invalidateQueries({ queryKey: keys.session(session.id) }),
      ]),
  });
  // Shown at once; the server's word follows.
  const on = set.isPending ? set.variables : session.gold;
  if (session.state !== "ready") return null;
  return (
    <button
      type="button"
      data-testid="gold"
      aria-pressed={on}
      aria-label={labelled ? undefined : "Reference answer"}
      title={on ? "This is the reference for its question" : "Make this the reference for its question"}
      onClick={() => set.mutate(!on)}
      className={`inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-xl px-2.5 text-sm hover:bg-sunken ${on ? "text-clarity" : "text-ink-3"}`}
    >
      <Star size={18} fill={on ? "currentColor" : "none"} aria-hidden="true" />
      {labelled && <span className="max-sm:sr-only">{on ? "Reference answer" : "Make it the reference"}</span>}
    </button>
  );
}
