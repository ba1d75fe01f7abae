// The browsers in which one is signed in, and the tokens given to programs.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { browsers, endBrowser, issueToken, revokeToken, tokens } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { when } from "../../replay/words";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import type { TokenScope } from "../../api/types";

const SCOPES: [TokenScope, string][] = [
  ["publish", "Send video and audio, as OBS does"],
  ["watch", "Watch live sessions"],
  ["api", "Everything but this account"],
];
const DAYS = 90;

/** A browser as people call it, from what it calls itself. */
export function browserName(agent: string | null): string {
  if (agent === null) return "A program";
  const name = ["Firefox", "Edg", "OPR", "Chrome", "Safari"].find((word) => agent.includes(word));
  const system = ["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"].find((word) => agent.includes(word));
  const called = { Edg: "Edge", OPR: "Opera" }[name ?? ""] ?? name ?? "A browser";
  return system ? `${called} on ${system}` : called;
}

/** What could not be done, and why; nothing without an error. */
function Told({ error, what }: { error: Error | null; what: string }) {
  return (
    error && (
      <p role="alert" className="py-2 text-danger">
        {what}: {asProblem(error).message}
      </p>
    )
  );
}

export function Browsers() {
  const cache = useQueryClient();
  const list = useQuery({ queryKey: ["browsers"], queryFn: browsers });
  const end = useMutation({
    mutationFn: endBrowser,
    onSettled: () => cache.invalidateQueries({ queryKey: ["browsers"] }),
  });
  return (
    <>
      <ul className="divide-y divide-line empty:hidden" data-testid="browsers">
        {list.data?.browsers.map((browser) => (
          <li key={browser.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3.5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium">
                {browserName(browser.agent)}
                {browser.id === list.data.this && <span className="text-ink-2"> · this one</span>}
              </p>
              <p className="text-sm text-ink-2">
                Signed in {when(browser.created_us)}, last used {when(browser.seen_us)}
              </p>
            </div>
            {browser.id !== list.data.this && <Button onClick={() => end.mutate(browser.id)}>Sign out</Button>}
          </li>
        ))}
      </ul>
      <Told error={list.error} what="The browsers could not be listed" />
      <Told error={end.error} what="The browser could not be signed out" />
    </>
  );
}

function NewToken({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<TokenScope>("publish");
  const issue = useMutation({
    mutationFn: () => issueToken({ name, scope, days: DAYS }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["tokens"] }),
  });
  if (issue.isSuccess) {
    return (
      <div className="grid gap-4">
        <p>Copy this token now: it is not shown again.</p>
        <code className="break-all rounded-xl bg-sunken px-3 py-2 text-sm" data-testid="token-secret">
          {issue.data.secret}
        </code>
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    );
  }
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        issue.mutate();
      }}
    >
      <Field label="What it is for" value={name} onType={setName} />
      <fieldset className="grid gap-1">
        <legend className="text-sm font-medium">What it may do</legend>
        {SCOPES.map(([value, label]) => (
          <label key={value} className="flex min-h-11 items-center gap-3 rounded-xl px-2 hover:bg-sunken">
            <input
              type="radio"
              name="scope"
              className="size-4.5 accent-accent"
              checked={scope === value}
              onChange={() => setScope(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {issue.isError && (
        <p role="alert" className="text-danger">
          {asProblem(issue.error).message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={name.trim() === "" || issue.isPending}>
          Make a token for {DAYS} days
        </Button>
      </div>
    </form>
  );
}

export function Tokens() {
  const cache = useQueryClient();
  const list = useQuery({ queryKey: ["tokens"], queryFn: tokens });
  const [open, setOpen] = useState(false);
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSettled: () => cache.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <div className="py-3.5" data-testid="tokens">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium">Tokens for programs</p>
          <p className="text-sm text-ink-2">A program with a token acts as you, as far as the token goes.</p>
        </div>
        <Button onClick={() => setOpen(true)}>New token</Button>
      </div>
      <ul className="mt-2 divide-y divide-line">
        {list.data?.tokens.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
            <div className="min-w-0 flex-1 basis-56">
              <p>{token.name}</p>
              <p className="text-sm text-ink-2">
                {SCOPES.find(([scope]) => scope === token.scope)?.[1]}. Until {when(token.expires_us)}.{" "}
                {token.used_us === null ? "Never used." : `Last used ${when(token.used_us)}.`}
              </p>
            </div>
            <Button onClick={() => revoke.mutate(token.id)}>Revoke</Button>
          </li>
        ))}
      </ul>
      <Told error={list.error} what="The tokens could not be listed" />
      <Told error={revoke.error} what="The token could not be revoked" />
      <Dialog open={open} title="New token" onClose={() => setOpen(false)}>
        <NewToken onClose={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}
