// How long sessions are kept: the server's limit, and a shorter one of one's own. Nothing changes before one has seen what goes.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { setRetention } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys, useMe, useRetentionPreview } from "../../api/queries";
import { moment, when } from "../../replay/words";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";

const CHOICES = [7, 30, 90, 365];
export const span = (days: number): string => (days === 1 ? "1 day" : days === 365 ? "a year" : `${days} days`);

function Preview({ days }: { days: number }) {
  const preview = useRetentionPreview(days);
  if (preview.isPending) return <p className="breathe text-ink-2">Looking for sessions that are older</p>;
  if (preview.isError)
    return (
      <p role="alert" className="text-danger">
        {asProblem(preview.error).message}
      </p>
    );
  const { sessions, references, oldest, at_us } = preview.data;
  const stay =
    references === 0
      ? null
      : references === 1
        ? "One that is as old is a reference, and stays."
        : `${references} that are as old are references, and stay.`;
  if (sessions === 0)
    return (
      <p className="text-ink-2">
        None of your sessions would go {moment(at_us)}. {stay}
      </p>
    );
  return (
    <div data-testid="preview" data-count={sessions}>
      <p className="font-medium">
        {sessions} {sessions === 1 ? "session" : "sessions"} would go {moment(at_us)}, recordings too.
      </p>
      <ul className="mt-2 grid gap-1 text-sm text-ink-2">
        {oldest.map((session) => (
          <li key={session.id}>
            {when(session.created_us)}: {session.question ?? "without a question"}
          </li>
        ))}
        {sessions > oldest.length && <li>and {sessions - oldest.length} more</li>}
      </ul>
      {stay && <p className="mt-2 text-sm text-ink-2">{stay}</p>}
      <p className="mt-2 text-sm text-ink-2">
        Until then you can change your mind here. Afterwards nothing brings them back.
      </p>
    </div>
  );
}

interface Retention {
  days: number | null;
  own: number | null;
  server: number | null;
  from_us: number | null;
}

function Change({ retention, onClose }: { retention: Retention; onClose: () => void }) {
  const { own, server } = retention;
  const cache = useQueryClient();
  const [days, setDays] = useState<number | null>(own);
  const set = useMutation({
    mutationFn: setRetention,
    onSuccess: (now) => {
      cache.setQueryData(keys.me, now);
      onClose();
    },
  });
  const choices = CHOICES.filter((x) => server === null || x < server);
  if (own !== null && !choices.includes(own)) choices.push(own);
  const options: [number | null, string][] = [
    [null, server === null ? "Until I delete them" : `As long as this server does: ${span(server)}`],
    ...choices.sort((a, b) => a - b).map((x): [number, string] => [x, `For ${span(x)}`]),
  ];
  const limit = days ?? server;
  return (
    <div className="grid gap-4">
      <fieldset className="grid gap-1">
        <legend className="sr-only">Keep my sessions</legend>
        {options.map(([value, label]) => (
          <label key={label} className="flex min-h-11 items-center gap-3 rounded-xl px-2 hover:bg-sunken">
            <input
              type="radio"
              name="keep"
              className="size-4.5 accent-accent"
              checked={days === value}
              onChange={() => setDays(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <div role="status" className="rounded-2xl bg-sunken px-4 py-3">
        {days === own ? (
          <p className="text-ink-2">This is how it is now.</p>
        ) : limit === null ? (
          <p className="text-ink-2">Nothing is deleted by itself.</p>
        ) : (
          <Preview key={limit} days={limit} />
        )}
      </div>
      {set.isError && (
        <p role="alert" className="text-danger">
          {asProblem(set.error).message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Keep as it is</Button>
        <Button
          look="primary"
          disabled={days === own || set.isPending}
          data-testid="keep-confirm"
          onClick={() => set.mutate(days)}
        >
          {days === null ? "Keep them" : `Delete after ${span(days)}`}
        </Button>
      </div>
    </div>
  );
}

export function Keeping() {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const retention = me.data?.retention;
  if (!retention) return null;
  const { days, own, server, from_us } = retention;
  return (
    <div
      className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5"
      data-testid="keeping"
      data-days={days ?? "ever"}
    >
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{days === null ? "Until I delete them" : `For ${span(days)}`}</p>
        <p className="text-sm text-ink-2">
          {days === null
            ? "Sessions are kept until you delete them."
            : `Sessions are deleted ${span(days)} after they were made: recording, report and everything measured.${server !== null && days === server ? "" : " References stay."}`}
          {from_us !== null && own === days && ` It begins ${moment(from_us)}.`}
        </p>
      </div>
      <Button onClick={() => setOpen(true)}>Change</Button>
      <Dialog open={open} title="How long are sessions kept?" onClose={() => setOpen(false)}>
        <Change retention={retention} onClose={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}
