// What the agreement promises: read it, withdraw it, take everything along, delete everything.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { withdrawConsent } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys, useMe } from "../../api/queries";
import { day } from "../../replay/words";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";
import { deleteMany, deletionWords } from "../history/delete-many";
import { exportPath } from "../report/report-actions";
import { allSessions, useAllSessions } from "./all-sessions";

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

/** Browsers take downloads one after another; between two they need a moment. */
const PAUSE_MS = 800;

function Export() {
  const [state, setState] = useState<string | null>(null);
  const run = async () => {
    setState("Looking for your sessions");
    try {
      const ready = (await allSessions()).filter((session) => session.state === "ready");
      for (const [i, { id }] of ready.entries()) {
        setState(`Downloading ${i + 1} of ${ready.length}`);
        const link = document.createElement("a");
        link.href = exportPath(id);
        link.download = "";
        link.click();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      setState(ready.length === 0 ? "There is no session with a report yet." : `${ready.length} downloads were begun.`);
    } catch (error) {
      setState(asProblem(error).message);
    }
  };
  return (
    <Row
      title="Take everything along"
      text={
        <span role="status">
          {state ??
            "One ZIP for each session: recording, everything measured, report. Your browser may ask whether it may download several files."}
        </span>
      }
    >
      <Button data-testid="export-all" onClick={() => void run()}>
        Download all
      </Button>
    </Row>
  );
}

const WORD = "delete everything";

function DeleteAll({ onClose }: { onClose: () => void }) {
  const all = useAllSessions(true);
  const cache = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = useMutation({
    mutationFn: async () => deleteMany((await allSessions()).map(({ id }) => id)),
    onSuccess: onClose,
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: keys.sessions }),
        cache.invalidateQueries({ queryKey: keys.trends }),
      ]),
  });
  const count = all.data?.length ?? null;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === WORD) remove.mutate();
      }}
    >
      <p className="text-ink-2">
        {count === null ? "All of your sessions" : count === 1 ? "Your one session" : `All ${count} of your sessions`}{" "}
        will be deleted: recordings, reports, everything measured, references too. This cannot be undone. Your agreement
        and your settings stay.
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
      {remove.isError && (
        <p role="alert" className="text-danger">
          {deletionWords(remove.error)}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Keep everything</Button>
        <Button
          look="danger"
          type="submit"
          data-testid="delete-all-confirm"
          disabled={typed !== WORD || remove.isPending}
        >
          {remove.isPending ? "Deleting" : "Delete everything"}
        </Button>
      </div>
    </form>
  );
}

export function YourData() {
  const me = useMe();
  const [open, setOpen] = useState(false);
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
      <Export />
      <Row title="Delete everything" text="Every session with its recording, its report and everything measured.">
        <Button data-testid="delete-all" onClick={() => setOpen(true)}>
          Delete everything
        </Button>
      </Row>
      <Dialog open={open} title="Delete everything?" onClose={() => setOpen(false)}>
        <DeleteAll onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}
