// The passkeys of one's account: made, named, removed.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addPasskey, beginPasskey, passkeys, removePasskey } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { canUsePasskeys, create } from "../../api/passkey";
import { when } from "../../replay/words";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";

function New({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await beginPasskey();
      return addPasskey({ ceremony, name, credential: await create(options) });
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["passkeys"] });
      onClose();
    },
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <p className="text-ink-2">
        Your browser asks for your fingerprint, your face or a PIN, and keeps a key for this server. From then on you
        sign in by it alone; your password signs you in only together with it. Keep two, on two devices: whoever loses
        the only one asks whoever runs this server.
      </p>
      <Field label="Name it, such as Laptop" value={name} maxLength={80} first onType={setName} />
      {make.isError && (
        <p role="alert" className="text-danger">
          {asProblem(make.error).detail ?? asProblem(make.error).message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={name.trim() === "" || make.isPending} data-testid="passkey-make">
          Make a passkey
        </Button>
      </div>
    </form>
  );
}

export function Passkeys() {
  const cache = useQueryClient();
  const list = useQuery({ queryKey: ["passkeys"], queryFn: passkeys });
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState<string | null>(null);
  const remove = useMutation({
    mutationFn: removePasskey,
    onSettled: () => {
      setAsked(null);
      return cache.invalidateQueries({ queryKey: ["passkeys"] });
    },
  });
  const all = list.data?.passkeys ?? [];
  return (
    <div className="py-3.5" data-testid="passkeys">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium">Passkeys</p>
          <p className="text-sm text-ink-2">
            {all.length === 0
              ? "Sign in by fingerprint, face or PIN instead of a password."
              : "You sign in by one of these alone, or by your password and one of these."}
          </p>
        </div>
        {canUsePasskeys() ? (
          <Button onClick={() => setOpen(true)}>New passkey</Button>
        ) : (
          <p className="text-sm text-ink-2">This browser cannot make one.</p>
        )}
      </div>
      <ul className="mt-2 divide-y divide-line">
        {all.map((key) => (
          <li key={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
            <div className="min-w-0 flex-1 basis-56">
              <p>{key.name}</p>
              <p className="text-sm text-ink-2">
                Made {when(key.created_us)}. {key.used_us === null ? "Never used." : `Last used ${when(key.used_us)}.`}
              </p>
            </div>
            <Button onClick={() => setAsked(key.id)}>Remove</Button>
          </li>
        ))}
      </ul>
      {(list.error ?? remove.error) && (
        <p role="alert" className="py-2 text-danger">
          {asProblem(list.error ?? remove.error).message}
        </p>
      )}
      <Dialog open={open} title="New passkey" onClose={() => setOpen(false)}>
        <New onClose={() => setOpen(false)} />
      </Dialog>
      <Confirm
        open={asked !== null}
        title="Remove this passkey?"
        yes="Remove"
        no="Keep it"
        danger
        busy={remove.isPending}
        onNo={() => setAsked(null)}
        onYes={() => asked && remove.mutate(asked)}
      >
        It signs you in no more. {all.length === 1 && "Your password alone will sign you in again."}
      </Confirm>
    </div>
  );
}
