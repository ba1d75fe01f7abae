// A failed session once more: from the uploaded file, or from what was recorded.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { analyzeAgain } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys } from "../../api/queries";
import type { Session } from "../../api/types";
import { Button } from "../../ui/button";

export function TryAgain({ session }: { session: Session }) {
  const cache = useQueryClient();
  const again = useMutation({
    mutationFn: () => analyzeAgain(session.id),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.session(session.id) }),
  });
  return (
    <>
      <Button look="primary" data-testid="try-again" disabled={again.isPending} onClick={() => again.mutate()}>
        Try again
      </Button>
      {again.isError && (
        <p role="alert" className="self-center text-sm text-danger">
          {asProblem(again.error).message}
        </p>
      )}
    </>
  );
}
