// What the agreement promises: read it, withdraw it, take everything along, delete everything.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { askErasure, everythingPath, takeErasureBack, withdrawConsent } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys, useMe } from "../../api/queries";
import { day, moment } from "../../replay/words";
import { Button, buttonClass } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";

function Row({ title, text, children }: { title: string; text: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-ink-2">{text}</p>
      </div>
      {children}
    </div>
  );
}

function Agreement() {
  const me = useMe();
  const cache = useQueryClient();
  const [asking, setAsking] = useState(false);
  const withdraw = useMutation({
    mutationFn: withdrawConsent,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.me });
      setAsking(false);
    },
  });
  const consent = me.data?.consent;
  const given = consent?.version === me.data?.consent_version ? consent : null;
  return (
    <Row
      title="The agreement"
      text={given ? `You agreed on ${day(given.accepted_us)}.` : "You have not agreed: nothing is recorded."}
    >
      <Link
        href="/consent"
        className="inline-flex min-h-11 items-center rounded-xl border border-line px-4 text-sm font-medium hover:border-line-strong"
      >
        Read it
      </Link>
      {given && (
        <Button data-testid="withdraw" onClick={() => setAsking(true)}>
          Withdraw
        </Button>
      )}
      <Confirm
        open={asking}
        title="Withdraw the agreement?"
        yes="Withdraw"
        no="Keep it"
        busy={withdraw.isPending}
        onNo={() => setAsking(false)}
        onYes={() => withdraw.mutate()}
      >
        Nothing more is recorded from now on. What is there stays until you delete it, below or session by session.
        {withdraw.isError && <p className="mt-3 text-danger">{asProblem(withdraw.error).message}</p>}
      </Confirm>
    </Row>
  );
}

function Erasure({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const [typed, setTyped] = useState("");
  const ask = useMutation({
    mutationFn: askErasure,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.me });
      onClose();
    },
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === WORD) ask.mutate();
      }}
    >
      <p className="text-ink-2">
        In a day, all sessions that are there now are deleted: recordings, reports, everything measured, references too,
        and with them links and comments. So are the questions and sets that you wrote. Until then you can take it back
        here; afterwards nobody can. Your agreement and your settings stay.
      </p>
      <label className="grid gap-1.5">
        <span className="text-sm font-medium">Type “{WORD}”</span>
        <input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          className="h-11 rounded-xl border border-line bg-surface px-3"
        />
      </label>
      {ask.isError && (
        <p role="alert" className="text-danger">
          {asProblem(ask.error).message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Keep everything</Button>
        <Button look="danger" type="submit" data-testid="delete-all-confirm" disabled={typed !== WORD || ask.isPending}>
          Delete in a day
        </Button>
      </div>
    </form>
  );
}

const WORD = "delete everything";

function DeleteAll() {
  const me = useMe();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const back = useMutation({
    mutationFn: takeErasureBack,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.me }),
  });
  const at = me.data?.erasure_us ?? null;
  return (
    <div>
      <Row
        title="Delete everything"
        text={
          <span role="status" data-testid="erasure">
            {at === null
              ? "Every session with its recording, its report and everything measured, and what you wrote. There is a day to take it back."
              : `All that was there when you asked is deleted ${moment(at)}.`}
          </span>
        }
      >
        {at === null ? (
          <Button data-testid="delete-all" onClick={() => setOpen(true)}>
            Delete everything
          </Button>
        ) : (
          <Button data-testid="keep-all" disabled={back.isPending} onClick={() => back.mutate()}>
            Keep everything
          </Button>
        )}
      </Row>
      {back.isError && (
        <p role="alert" className="pb-3 text-danger">
          {asProblem(back.error).message}
        </p>
      )}
      <Dialog open={open} title="Delete everything?" onClose={() => setOpen(false)}>
        <Erasure onClose={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

export function YourData() {
  const me = useMe();
  return (
    <>
      <Agreement />
      <Row
        title="Who can see my sessions"
        text={
          me.data?.mode === "accounts"
            ? "You, and the people you share a session with. Its report shows who they are, and you can stop sharing there."
            : "You. This server has one person."
        }
      >
        <span />
      </Row>
      <Row
        title="Take everything along"
        text="One ZIP: each session with its recording, everything measured and its report, your questions, and what happened to your account."
      >
        <a href={everythingPath} download className={buttonClass()} data-testid="export-all">
          Download all
        </a>
      </Row>
      <DeleteAll />
    </>
  );
}
