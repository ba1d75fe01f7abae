// A session seen by a link, without an account. The link's secret stands behind # so that no server logs it.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { openLink } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Empty, Failure, Loading } from "../../ui/states";
import { GuestFrame } from "./frame";
import { Shown } from "./shown";

/** What a guest is asked for before a link with a passphrase opens. */
function Passphrase({ problem, busy, onGiven }: { problem: string; busy: boolean; onGiven: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      className="mx-auto grid max-w-md gap-4 pt-6"
      onSubmit={(event) => {
        event.preventDefault();
        onGiven(text);
      }}
    >
      <h1 className="text-3xl font-semibold tracking-tight">An interview is shared with you</h1>
      <p className="text-ink-2">Whoever sent you this link has told you a passphrase.</p>
      <Field label="Passphrase" type="password" value={text} onType={setText} />
      <p role="alert" className="text-danger" data-testid="passphrase-problem">
        {problem}
      </p>
      <Button type="submit" look="primary" disabled={text === "" || busy}>
        Open
      </Button>
    </form>
  );
}

export default function Guest() {
  const [link] = useState(() => window.location.hash.slice(1));
  const [tried, setTried] = useState(false);
  const open = useMutation({
    mutationFn: (passphrase: string | null) => openLink({ link, passphrase, name: null }),
  });
  const { mutate } = open;
  useEffect(() => {
    if (link !== "") mutate(null);
  }, [link, mutate]);
  const problem = open.error && asProblem(open.error);
  const again = () => mutate(null);
  if (open.data) return <Shown view={open.data} onEnded={again} />;
  if (link === "" || problem?.status === 404) {
    return (
      <GuestFrame title="This link has ended">
        <Empty page title="This link shows nothing any more">
          It has ended, or its address is not whole. Ask whoever sent it to you for a new one.
        </Empty>
      </GuestFrame>
    );
  }
  const asked = problem?.kind === "passphrase" || (tried && (open.isPending || problem?.status === 429));
  return (
    <GuestFrame title="A shared interview">
      {asked && (
        <Passphrase
          problem={tried && problem ? problem.message : ""}
          busy={open.isPending}
          onGiven={(text) => {
            setTried(true);
            mutate(text);
          }}
        />
      )}
      {!asked && problem && <Failure page error={open.error} retry={again} />}
      {!asked && !problem && <Loading page what="the interview" />}
    </GuestFrame>
  );
}
