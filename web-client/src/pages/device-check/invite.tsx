// Inviting somebody to ask the questions, or to watch, before the session begins.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useEffect, useState } from "react";
import { makeLink } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys, useLinks } from "../../api/queries";
import type { RoomRole } from "../../api/types";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Failure } from "../../ui/states";
import { MadeLink } from "../../ui/made-link";
import { Row } from "../report/sharing/links";
import type { Check } from "./use-check";

const ROLES: readonly (readonly [RoomRole, string, string])[] = [
  [
    "interviewer",
    "To ask the questions",
    "They see and hear you, you see and hear them. They are recorded too, if they agree.",
  ],
  ["observer", "To watch", "They see and hear you and the interviewer. You neither see nor hear them."],
];

function Roles({ role, onPick }: { role: RoomRole; onPick: (role: RoomRole) => void }) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm font-medium">What for</legend>
      {ROLES.map(([id, title, text]) => (
        <label
          key={id}
          className="flex cursor-pointer gap-3 rounded-xl border border-line px-4 py-3 has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type="radio"
            name="role"
            className="mt-1 accent-accent"
            data-testid={`role-${id}`}
            checked={role === id}
            onChange={() => onPick(id)}
          />
          <span>
            <span className="block font-medium">{title}</span>
            <span className="block text-sm text-ink-2">{text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Invitations({ id }: { id: string }) {
  const cache = useQueryClient();
  const links = useLinks(id);
  const [role, setRole] = useState<RoomRole>("interviewer");
  const [name, setName] = useState("");
  const [made, setMade] = useState<string | null>(null);
  const make = useMutation({
    mutationFn: () =>
      makeLink(id, { name: name.trim() || null, role, passphrase: null, scores: false, comments: false, days: 1 }),
    onSuccess: ({ path }) => {
      setMade(window.location.origin + path);
      setName("");
      void cache.invalidateQueries({ queryKey: keys.links(id) });
    },
  });
  const all = (links.data?.links ?? []).filter((link) => link.role !== null);
  if (made !== null) return <MadeLink address={made} onDone={() => setMade(null)} />;
  return (
    <div className="grid gap-4">
      {links.isError && <Failure error={links.error} retry={() => void links.refetch()} />}
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Roles role={role} onPick={setRole} />
        <Field label="For whom (optional, a note for you)" value={name} onType={setName} />
        {make.isError && (
          <p role="alert" className="text-danger">
            {asProblem(make.error).message}
          </p>
        )}
        <Button type="submit" look="primary" disabled={make.isPending} data-testid="invitation-make">
          Make an invitation
        </Button>
        <p className="text-sm text-ink-2">
          It works for one day and for this session. Hints, measurements and scores are never shown to those you invite.
        </p>
      </form>
      {all.length > 0 && (
        <ul className="divide-y divide-line" data-testid="invitations">
          {all.map((link) => (
            <Row key={link.id} id={id} link={link} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface Props {
  stream: MediaStream | null;
  check: Check;
  disabled: boolean;
  /** Others will be heard: the camera and the microphone are opened anew for it. */
  onInvite: () => void;
}

export function Invite({ stream, check, disabled, onInvite }: Props) {
  const [open, setOpen] = useState(false);
  const [id, setId] = useState<string | null>(null);
  /** The stream that there was when somebody was to be invited. */
  const [before, setBefore] = useState<MediaStream | null>(null);
  const make = useMutation({ mutationFn: (from: MediaStream) => check.invite(from), onSuccess: setId });
  const { mutate } = make;
  // The microphone is opened anew first, with the echo of the others taken out.
  useEffect(() => {
    if (before && stream && stream !== before && id === null) mutate(stream);
  }, [before, stream, id, mutate]);
  return (
    <>
      <Button
        disabled={disabled}
        data-testid="invite"
        className="justify-self-start"
        onClick={() => {
          if (id === null) {
            setBefore(stream);
            onInvite();
          }
          setOpen(true);
        }}
      >
        <UserPlus size={16} aria-hidden="true" />
        Invite somebody
      </Button>
      <Dialog open={open} title="Invite somebody" onClose={() => setOpen(false)}>
        {make.isError && <Failure error={make.error} retry={() => stream && mutate(stream)} />}
        {id !== null && <Invitations id={id} />}
      </Dialog>
    </>
  );
}
