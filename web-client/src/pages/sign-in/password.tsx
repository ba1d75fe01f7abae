// Setting a password by an invitation or a reset link, whose secret stands behind # so that no server logs it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { setPassword } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { Button, ButtonLink } from "../../ui/button";
import { Field } from "../../ui/field";
import { Frame } from "../../ui/frame";
import { Empty } from "../../ui/states";

const SHORTEST = 12;

export default function Password() {
  const [link] = useState(() => window.location.hash.slice(1));
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const set = useMutation({ mutationFn: () => setPassword(link, first) });
  const differ = second !== "" && first !== second;
  if (set.isSuccess) {
    return (
      <Frame title="Password set">
        <Empty page title="Your password is set" action={<ButtonLink to="/sign-in">Sign in</ButtonLink>}>
          Every browser that was signed in with the old one is signed out.
        </Empty>
      </Frame>
    );
  }
  return (
    <Frame title="Set a password">
      <form
        className="mx-auto grid max-w-md gap-4 pt-6"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <h1 className="text-3xl font-semibold tracking-tight">Set a password</h1>
        <p className="text-ink-2">
          At least {SHORTEST} characters. Several words that you can remember make a good one.
        </p>
        <Field label="New password" type="password" autoComplete="new-password" value={first} onType={setFirst} />
        <Field label="Once more" type="password" autoComplete="new-password" value={second} onType={setSecond} />
        {(differ || set.isError) && (
          <p role="alert" className="text-danger">
            {differ ? "The two are not the same." : asProblem(set.error).message}
          </p>
        )}
        <Button
          type="submit"
          look="primary"
          disabled={link === "" || first.length < SHORTEST || first !== second || set.isPending}
        >
          Set password
        </Button>
        {link === "" && (
          <p className="text-danger">This address lacks its secret. Open the link as it was given to you.</p>
        )}
      </form>
    </Frame>
  );
}
