// How long sessions are kept: the server's limit, and a shorter one of one's own.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { setRetention } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys, useMe } from "../../api/queries";

const CHOICES = [7, 30, 90, 365];

export const span = (days: number): string => (days === 1 ? "1 day" : days === 365 ? "a year" : `${days} days`);

export function Keeping() {
  const me = useMe();
  const cache = useQueryClient();
  const set = useMutation({
    mutationFn: setRetention,
    onSuccess: (now) => cache.setQueryData(keys.me, now),
  });
  const retention = me.data?.retention;
  if (!retention) return null;
  const { days, own, house } = retention;
  const choices = [
    ...new Set([...CHOICES.filter((x) => house === null || x < house), ...(own === null ? [] : [own])]),
  ].sort((a, b) => a - b);
  return (
    <section className="grid gap-1 text-sm text-ink-2" data-testid="keeping" data-days={days ?? "ever"}>
      <p>
        {days === null
          ? "Sessions are kept until you delete them."
          : `Sessions are deleted ${span(days)} after they were made: recording, report and everything measured.`}
      </p>
      <label className="flex flex-wrap items-center gap-2">
        Keep them
        <select
          className="min-h-11 rounded-xl border border-line bg-surface px-3 text-ink"
          value={own ?? ""}
          disabled={set.isPending}
          onChange={(event) => set.mutate(event.target.value === "" ? null : Number(event.target.value))}
        >
          <option value="">
            {house === null ? "until I delete them" : `as long as this server does: ${span(house)}`}
          </option>
          {choices.map((x) => (
            <option key={x} value={x}>
              {`for ${span(x)}`}
            </option>
          ))}
        </select>
      </label>
      {set.isError && <p className="text-danger">{asProblem(set.error).message}</p>}
    </section>
  );
}
