// The people on this server with whom the owner shares a session, and how to share it with somebody else.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { share, unshare } from "../../../api/calls";
import { asProblem } from "../../../api/problem";
import { keys, useGrants } from "../../../api/queries";
import type { Grants } from "../../../api/types";
import { when } from "../../../replay/words";
import { Button } from "../../../ui/button";
import { Field } from "../../../ui/field";
import { Failure } from "../../../ui/states";
import { SelectRow, SwitchRow } from "../../../ui/switch";

type Grant = Grants["grants"][number];

function Given({ id, grant }: { id: string; grant: Grant }) {
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: () => unshare(id, grant.id),
    // Also after a failure: it may have ended by itself meanwhile.
    onSettled: () => cache.invalidateQueries({ queryKey: keys.grants(id) }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="grant">
      <div className="min-w-0 flex-1 basis-40">
        <p className="truncate font-medium">{grant.name ?? grant.email}</p>
        <p className="text-sm text-ink-2">
          {grant.scores ? "Sees scores and report too" : "Sees recording and transcript"}
          {grant.expires_us !== null && `, until ${when(grant.expires_us)}`}
        </p>
      </div>
      <Button disabled={end.isPending} onClick={() => end.mutate()}>
        Stop sharing
      </Button>
      {end.isError && (
        <p role="alert" className="basis-full text-danger">
          Sharing could not be stopped: {asProblem(end.error).message}
        </p>
      )}
    </li>
  );
}

export function People({ id }: { id: string }) {
  const cache = useQueryClient();
  const grants = useGrants(id, true);
  const [email, setEmail] = useState("");
  const [scores, setScores] = useState(false);
  const [days, setDays] = useState(30);
  const give = useMutation({
    mutationFn: () => share(id, { email, scores, days: days === 0 ? null : days }),
    onSuccess: () => {
      setEmail("");
      void cache.invalidateQueries({ queryKey: keys.grants(id) });
    },
  });
  return (
    <div className="grid gap-5">
      {grants.isError && <Failure error={grants.error} retry={() => void grants.refetch()} />}
      <ul className="divide-y divide-line" data-testid="grants">
        {grants.data?.grants.map((grant) => (
          <Given key={grant.id} id={id} grant={grant} />
        ))}
        {grants.data?.grants.length === 0 && <li className="text-ink-2">You share it with nobody here.</li>}
      </ul>
      <form
        className="grid gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          give.mutate();
        }}
      >
        <Field label="Share with the person whose address is" type="email" value={email} onType={setEmail} />
        <SwitchRow on={scores} title="Scores and report too" testid="share-scores" onFlip={setScores}>
          Otherwise they see the recording and what you said. While a session is live, they can watch it.
        </SwitchRow>
        <SelectRow
          title="For"
          value={days}
          options={[
            [7, "7 days"],
            [30, "30 days"],
            [0, "until I stop it"],
          ]}
          onPick={setDays}
        >
          You can stop it at any time.
        </SelectRow>
        {give.isError && (
          <p role="alert" className="text-danger">
            {asProblem(give.error).message}
          </p>
        )}
        <Button type="submit" look="primary" disabled={email === "" || give.isPending} data-testid="share-give">
          Share
        </Button>
      </form>
    </div>
  );
}
