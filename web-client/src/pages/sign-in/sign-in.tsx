// The way in where people sign in: at the provider, or by a name and a password of this server.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useLocation, useSearch } from "wouter";
import { beginPasskeySignIn, forgotten as askForLink, signIn, signInByPasskey } from "../../api/calls";
import { canUsePasskeys, show } from "../../api/passkey";
import { asProblem } from "../../api/problem";
import { useWays } from "../../api/queries";
import { Button, ButtonLink, buttonClass } from "../../ui/button";
import { Field } from "../../ui/field";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";

/** What is said about a sign-in at the provider that failed, by the word in the address. */
const PROBLEMS: Record<string, string> = {
  state: "That sign-in took too long, or began in another browser. Try again.",
  provider: "The sign-in was cancelled, or its provider does not answer. Try again in a moment.",
  token: "The provider's answer could not be verified. Try again; if it happens again, tell whoever runs this server.",
  disabled: "This account is disabled. Whoever runs this server can enable it.",
};

/** A page of this server to go to afterwards; anything else would lead elsewhere. */
export function pageAfter(wish: string | null): string {
  return wish !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wish) && !wish.startsWith("/sign-in") ? wish : "/";
}

/** The way to a link by mail for whoever has forgotten a password. */
function Forgotten({ name }: { name: string }) {
  const ask = useMutation({ mutationFn: () => askForLink(name) });
  return (
    <div className="text-sm text-ink-2">
      <p role="status" data-testid="forgotten">
        {ask.isSuccess
          ? "If this address has an account, a link is on its way to it. It is good for an hour."
          : "No password, or forgotten it? Type your address above, and a link comes by mail."}
      </p>
      {ask.isError && (
        <p role="alert" className="text-danger">
          {asProblem(ask.error).message}
        </p>
      )}
      {!ask.isSuccess && (
        <Button className="mt-2" disabled={name.trim() === "" || ask.isPending} onClick={() => ask.mutate()}>
          Send me a link
        </Button>
      )}
    </div>
  );
}

function ByPassword({ to, forgotten }: { to: string; forgotten: boolean }) {
  const cache = useQueryClient();
  const [, go] = useLocation();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const enter = useMutation({
    mutationFn: async () => {
      const step = await signIn(name, password);
      // The password is right, and a passkey of the person is the second step.
      if (step?.ceremony) await signInByPasskey(step.ceremony, await show(step.options));
    },
    onSuccess: () => {
      // What was known belongs to nobody, or to somebody else.
      cache.clear();
      go(to, { replace: true });
    },
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate();
      }}
    >
      <Field label="E-mail address" type="email" autoComplete="username" value={name} onType={setName} />
      <Field label="Password" type="password" autoComplete="current-password" value={password} onType={setPassword} />
      {enter.isError && (
        <p role="alert" className="text-danger" data-testid="sign-in-problem">
          {asProblem(enter.error).message}
        </p>
      )}
      <Button type="submit" look="primary" disabled={enter.isPending || name === "" || password === ""}>
        Sign in
      </Button>
      {forgotten ? (
        <Forgotten name={name} />
      ) : (
        <p className="text-sm text-ink-2">
          No password, or forgotten it? Whoever runs this server gives you a link by which you set one.
        </p>
      )}
    </form>
  );
}

function ByPasskey({ to }: { to: string }) {
  const cache = useQueryClient();
  const [, go] = useLocation();
  const enter = useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await beginPasskeySignIn();
      await signInByPasskey(ceremony, await show(options));
    },
    onSuccess: () => {
      cache.clear();
      go(to, { replace: true });
    },
  });
  return (
    <div className="grid gap-2">
      <Button disabled={enter.isPending} onClick={() => enter.mutate()} data-testid="sign-in-passkey">
        <KeyRound size={16} aria-hidden="true" />
        Sign in with a passkey
      </Button>
      {enter.isError && (
        <p role="alert" className="text-danger" data-testid="sign-in-problem">
          {asProblem(enter.error).message}
        </p>
      )}
    </div>
  );
}

export default function SignIn() {
  const ways = useWays();
  const query = new URLSearchParams(useSearch());
  const to = pageAfter(query.get("to"));
  const problem = PROBLEMS[query.get("problem") ?? ""];
  if (ways.isPending || ways.isError) {
    return (
      <Frame title="Sign in">
        {ways.isPending ? (
          <Loading page what="the ways to sign in" rows={1} />
        ) : (
          <Failure page error={ways.error} retry={() => void ways.refetch()} />
        )}
      </Frame>
    );
  }
  const { mode, password, passkeys, pairing, provider } = ways.data;
  return (
    <Frame title="Sign in">
      {pairing ? (
        <Empty page title="This device is not paired">
          On the computer that the server runs on, open Settings, then Devices, and scan the code with this device.
        </Empty>
      ) : mode === "personal" ? (
        <Empty page title="Nobody signs in here" action={<ButtonLink to="/">Choose a question</ButtonLink>}>
          This server has one person.
        </Empty>
      ) : (
        <div className="mx-auto grid max-w-md gap-6 pt-6">
          <div>
            <h1 className="text-3xl font-semibold tracking-tight">Sign in</h1>
            <p className="mt-2 text-ink-2">Your sessions are yours: nobody sees one unless you share it.</p>
          </div>
          {problem && (
            <p role="alert" className="rounded-2xl bg-sunken px-4 py-3 text-danger" data-testid="sign-in-problem">
              {problem}
            </p>
          )}
          {provider && (
            <a
              className={buttonClass(password ? "plain" : "primary")}
              href={`/auth/login?to=${encodeURIComponent(to)}`}
              data-testid="sign-in-provider"
            >
              Sign in with {provider}
            </a>
          )}
          {passkeys && canUsePasskeys() && <ByPasskey to={to} />}
          {provider && password && <p className="text-center text-sm text-ink-2">or with a password of this server</p>}
          {password && <ByPassword to={to} forgotten={ways.data.forgotten} />}
        </div>
      )}
    </Frame>
  );
}
