// Links by which people without an account see a session: made, copied, ended, and who opened them.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endLink, makeLink } from "../../../api/calls";
import { asProblem } from "../../../api/problem";
import { keys, useLinks } from "../../../api/queries";
import type { Link } from "../../../api/types";
import { when } from "../../../replay/words";
import { Button } from "../../../ui/button";
import { Field } from "../../../ui/field";
import { MadeLink } from "../../../ui/made-link";
import { Failure } from "../../../ui/states";
import { SelectRow, SwitchRow } from "../../../ui/switch";

/** Whether a link still opens something. */
export const inForce = (link: Pick<Link, "revoked_us" | "expires_us">, now_ms: number) =>
  link.revoked_us === null && link.expires_us / 1000 > now_ms;

const ROLES = { interviewer: "asks the questions", observer: "watches", coach: "reviews" } as const;

const shows = (link: Link) =>
  link.role !== null
    ? ROLES[link.role]
    : ["recording and transcript", link.scores && "scores and report", link.comments && "comments"]
        .filter((part) => part !== false)
        .join(", ");

function Visits({ link }: { link: Link }) {
  if (link.visits.length === 0) return <p className="text-sm text-ink-2">Nobody has opened it.</p>;
  return (
    <details className="text-sm">
      <summary className="min-h-8 cursor-pointer py-1 text-ink-2">
        Opened {link.visits.length === 1 ? "once" : `${link.visits.length} times`}, last{" "}
        {when(link.visits[0]?.opened_us ?? 0)}
      </summary>
      <ul className="grid gap-0.5 pl-4" data-testid="visits">
        {link.visits.map((visit) => (
          <li key={visit.opened_us}>
            {visit.name ?? "Somebody without a name"}
            <span className="text-ink-2">
              {" "}
              · {when(visit.opened_us)}
              {when(visit.seen_us) !== when(visit.opened_us) && ` to ${when(visit.seen_us)}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function Row({ id, link }: { id: string; link: Link }) {
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: () => endLink(id, link.id),
    // Also after a failure: it may have ended by itself meanwhile.
    onSettled: () => cache.invalidateQueries({ queryKey: keys.links(id) }),
  });
  const now = inForce(link, Date.now());
  return (
    <li className="grid gap-1 py-2.5" data-testid="link">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-40">
          <p className="truncate font-medium">{link.name ?? "A link"}</p>
          <p className="text-sm text-ink-2">
            {now ? `Until ${when(link.expires_us)}` : "Has ended"} · {shows(link)}
            {link.passphrase && ", with a passphrase"}
          </p>
        </div>
        {now && (
          <Button disabled={end.isPending} onClick={() => end.mutate()}>
            End link
          </Button>
        )}
      </div>
      <Visits link={link} />
      {end.isError && (
        <p role="alert" className="text-danger">
          The link could not be ended: {asProblem(end.error).message}
        </p>
      )}
    </li>
  );
}

function NewLink({ id, onMade }: { id: string; onMade: (address: string) => void }) {
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [scores, setScores] = useState(false);
  const [comments, setComments] = useState(true);
  const [days, setDays] = useState(7);
  const make = useMutation({
    mutationFn: () =>
      makeLink(id, {
        name: name.trim() === "" ? null : name,
        passphrase: passphrase === "" ? null : passphrase,
        scores,
        comments,
        days,
      }),
    onSuccess: ({ path }) => {
      onMade(window.location.origin + path);
      void cache.invalidateQueries({ queryKey: keys.links(id) });
    },
  });
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Field label="For whom (optional, a note for you)" value={name} onType={setName} />
      <Field label="Passphrase, 8 characters or more (optional)" value={passphrase} onType={setPassphrase} />
      <SwitchRow on={scores} title="Scores and report" testid="link-scores" onFlip={setScores}>
        Off: guests see the recording and what you said.
      </SwitchRow>
      <SwitchRow on={comments} title="Comments" testid="link-comments" onFlip={setComments}>
        Guests read all comments and write their own.
      </SwitchRow>
      <SelectRow
        title="Ends after"
        value={days}
        options={[
          [1, "1 day"],
          [7, "7 days"],
          [30, "30 days"],
          [90, "90 days"],
        ]}
        onPick={setDays}
      >
        You can end it at any time.
      </SelectRow>
      {make.isError && (
        <p role="alert" className="text-danger">
          {asProblem(make.error).message}
        </p>
      )}
      <Button type="submit" look="primary" disabled={make.isPending} data-testid="link-make">
        Make a link
      </Button>
    </form>
  );
}

export function Links({ id }: { id: string }) {
  const links = useLinks(id);
  const [made, setMade] = useState<string | null>(null);
  const [making, setMaking] = useState(false);
  // Invitations into the live session are made where it begins, and end here, too.
  const all = links.data?.links ?? [];
  const asks = made === null && links.data !== undefined && (making || all.every((link) => link.role !== null));
  const done = (address: string) => {
    setMade(address);
    setMaking(false);
  };
  return (
    <div className="grid gap-3">
      {links.isError && <Failure error={links.error} retry={() => void links.refetch()} />}
      {made !== null && <MadeLink address={made} onDone={() => setMade(null)} />}
      {asks && <NewLink id={id} onMade={done} />}
      {all.length > 0 && !making && (
        <>
          <ul className="divide-y divide-line" data-testid="links">
            {all.map((link) => (
              <Row key={link.id} id={id} link={link} />
            ))}
          </ul>
          {made === null && (
            <Button className="justify-self-start" onClick={() => setMaking(true)}>
              New link
            </Button>
          )}
        </>
      )}
    </div>
  );
}
