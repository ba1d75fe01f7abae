// The links to a set: made, copied, ended. Whoever has one reads the set and takes a copy.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endSetLink, makeSetLink } from "../../../api/calls";
import { asProblem } from "../../../api/problem";
import { keys, useSetLinks } from "../../../api/queries";
import type { QuestionSet } from "../../../api/types";
import { when } from "../../../replay/words";
import { Button } from "../../../ui/button";
import { MadeLink } from "../../../ui/made-link";
import { Failure } from "../../../ui/states";
import { SelectRow } from "../../../ui/switch";

export function SetShare({ set }: { set: QuestionSet }) {
  const cache = useQueryClient();
  const links = useSetLinks(set.id);
  const [days, setDays] = useState(30);
  const again = () => cache.invalidateQueries({ queryKey: keys.setLinks(set.id) });
  const make = useMutation({ mutationFn: () => makeSetLink(set.id, days), onSuccess: again });
  const end = useMutation({ mutationFn: (link: string) => endSetLink(set.id, link), onSettled: again });
  const problem = make.error ?? end.error;
  return (
    <div className="grid gap-3">
      <p className="text-ink-2">
        Whoever has the link, and an account here, reads the questions and takes a copy. They see nothing else of yours.
      </p>
      {links.isError && <Failure error={links.error} retry={() => void links.refetch()} />}
      {make.data ? (
        <MadeLink address={window.location.origin + make.data.path} onDone={() => make.reset()} />
      ) : (
        <>
          <SelectRow
            title="Ends after"
            value={days}
            options={[
              [7, "7 days"],
              [30, "30 days"],
              [366, "A year"],
            ]}
            onPick={setDays}
          />
          <Button
            look="primary"
            className="justify-self-start"
            disabled={make.isPending}
            onClick={() => make.mutate()}
            data-testid="set-link-make"
          >
            Make a link
          </Button>
        </>
      )}
      {problem && (
        <p role="alert" className="text-danger">
          {asProblem(problem).message}
        </p>
      )}
      {(links.data?.length ?? 0) > 0 && (
        <ul className="divide-y divide-line" data-testid="set-links">
          {links.data?.map((link) => (
            <li key={link.id} className="flex items-center gap-4 py-2.5">
              <p className="min-w-0 flex-1 text-sm text-ink-2">
                Until {when(link.expires_us)} ·{" "}
                {link.copies === 0 ? "no copy yet" : link.copies === 1 ? "1 copy" : `${link.copies} copies`}
              </p>
              <Button disabled={end.isPending} onClick={() => end.mutate(link.id)}>
                End link
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
