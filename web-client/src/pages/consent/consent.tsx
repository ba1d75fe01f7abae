// Consent, before anything is captured: the server's text, its version, one clear yes.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useSearch } from "wouter";
import { acceptConsent } from "../../api/calls";
import { keys, useConsent } from "../../api/queries";
import { asProblem } from "../../api/problem";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Failure, Loading } from "../../ui/states";
import { fromSearch, toSearch } from "../home/choice";

export default function Consent() {
  const text = useConsent();
  const cache = useQueryClient();
  const [, go] = useLocation();
  const search = useSearch();
  const chosen = fromSearch(search);
  const upload = new URLSearchParams(search).get("for") === "upload";
  const accept = useMutation({
    mutationFn: (version: string) => acceptConsent(version),
    onSuccess: async () => {
      // No page shows it at this moment; the next one must not find the old answer.
      await cache.invalidateQueries({ queryKey: keys.me, refetchType: "all" });
      if (upload) go(`/upload?${toSearch(chosen)}`);
      else go(chosen.length > 0 ? `/check?${toSearch(chosen)}` : "/");
    },
  });
  return (
    <Frame title="Before you start">
      <div className="mx-auto max-w-2xl">
        {text.isPending && <Loading page what="the text" />}
        {text.isError && <Failure page error={text.error} retry={() => void text.refetch()} />}
        {text.data && (
          <>
            <h1 className="text-3xl font-semibold">{text.data.title}</h1>
            <dl className="mt-8 grid gap-6">
              {text.data.sections.map((section) => (
                <div
                  key={section.title}
                  className="grid gap-1 border-t border-line pt-5 sm:grid-cols-[11rem_minmax(0,1fr)] sm:gap-6"
                >
                  <dt className="font-semibold">{section.title}</dt>
                  <dd className="whitespace-pre-line text-ink-2">{section.text}</dd>
                </div>
              ))}
            </dl>
            <div className="sticky bottom-0 -mx-4 mt-10 flex flex-wrap items-center gap-3 border-t border-line bg-ground px-4 py-4">
              <Button
                look="primary"
                data-testid="consent-accept"
                disabled={accept.isPending}
                onClick={() => accept.mutate(text.data.version)}
              >
                I agree, go on
              </Button>
              <ButtonLink to="/" look="quiet">
                Not now
              </ButtonLink>
              <span className="tabular ml-auto text-xs text-ink-3">Version {text.data.version}</span>
            </div>
            {accept.isError && (
              <p role="alert" className="text-danger">
                {asProblem(accept.error).message}
              </p>
            )}
          </>
        )}
      </div>
    </Frame>
  );
}
