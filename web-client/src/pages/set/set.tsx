// A set of questions that somebody shows by a link: read, and copied to one's own.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { copySharedSet, openSharedSet } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys } from "../../api/queries";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { keptHash } from "../../ui/kept-hash";
import { Empty, Failure, Loading } from "../../ui/states";
import { minutes } from "../home/choice";

export default function SharedSetPage() {
  const [secret] = useState(keptHash);
  const cache = useQueryClient();
  const set = useQuery({
    queryKey: ["shared-set", secret],
    queryFn: () => openSharedSet(secret),
    enabled: secret !== "",
  });
  const copy = useMutation({
    mutationFn: () => copySharedSet(secret),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: keys.questions }),
        cache.invalidateQueries({ queryKey: keys.sets }),
      ]),
  });
  if (secret === "" || (set.isError && asProblem(set.error).status === 404)) {
    return (
      <Frame title="This link has ended">
        <Empty page title="This link shows nothing any more" action={<ButtonLink to="/">Choose a question</ButtonLink>}>
          It has ended, or its address is not whole. Ask whoever sent it to you for a new one.
        </Empty>
      </Frame>
    );
  }
  return (
    <Frame title="A set of questions">
      {set.isPending && <Loading page what="the set" />}
      {set.isError && <Failure page error={set.error} retry={() => void set.refetch()} />}
      {set.data && (
        <div className="grid gap-6" data-testid="shared-set">
          <div className="flex flex-wrap items-end justify-between gap-4">
            <div className="min-w-0">
              <p className="text-sm text-ink-2">
                A set of questions{set.data.owner_name ? ` from ${set.data.owner_name}` : ""}
              </p>
              <h1 className="text-2xl font-semibold break-words">{set.data.name}</h1>
            </div>
            {copy.isSuccess ? (
              <p role="status" className="flex items-center gap-4">
                It is among your sets now.
                <ButtonLink to="/" look="primary">
                  Practise
                </ButtonLink>
              </p>
            ) : (
              <Button look="primary" disabled={copy.isPending} onClick={() => copy.mutate()} data-testid="copy-set">
                Copy to my sets
              </Button>
            )}
          </div>
          {copy.isError && (
            <p role="alert" className="text-danger">
              {asProblem(copy.error).message}
            </p>
          )}
          <ol className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
            {set.data.questions.map((question, i) => (
              <li key={i} className="grid grid-cols-[1.5rem_minmax(0,1fr)_auto] gap-3 px-5 py-4">
                <span className="tabular font-semibold text-accent">{i + 1}</span>
                <span>
                  <span className="block font-medium break-words">{question.text}</span>
                  {question.tip && <span className="block text-sm text-ink-2">{question.tip}</span>}
                </span>
                <span className="tabular whitespace-nowrap text-sm text-ink-3">{minutes(question.suggested_ms)}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Frame>
  );
}
