// The gold star: this session is the reference for its question.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { setGold } from "../../api/calls";
import { asProblem } from "../../api/problem";
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
    <span className="relative inline-flex">
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
      <span role="alert">
        {set.isError && (
          <span
            data-testid="gold-problem"
            className={`appear absolute z-10 w-64 rounded-xl border border-line bg-danger-soft px-3 py-2 text-left text-sm text-danger shadow-lg ${labelled ? "left-0 top-full mt-1" : "right-full top-1/2 mr-1 -translate-y-1/2"}`}
          >
            {set.variables ? "It is not the reference yet: " : "It is still the reference: "}
            {asProblem(set.error).message}
          </span>
        )}
      </span>
    </span>
  );
}
