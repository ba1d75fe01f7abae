// Sharing a session: with anybody by a link, and with people on this server, where people sign in.
import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { Session } from "../../../api/types";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Links } from "./links";
import { People } from "./people";

type Way = "link" | "person";
const WAYS: readonly (readonly [Way, string])[] = [
  ["link", "By a link"],
  ["person", "With a person here"],
];

function Ways({ way, onPick }: { way: Way; onPick: (way: Way) => void }) {
  return (
    <div role="group" aria-label="How to share it" className="mb-4 grid grid-cols-2 gap-1 rounded-xl bg-sunken p-1">
      {WAYS.map(([id, title]) => (
        <button
          key={id}
          type="button"
          aria-pressed={way === id}
          className={`min-h-10 rounded-lg px-3 text-sm font-medium ${way === id ? "bg-surface text-ink shadow-sm" : "text-ink-2 hover:text-ink"}`}
          onClick={() => onPick(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

export function Share({ session, accounts }: { session: Session; accounts: boolean }) {
  const [open, setOpen] = useState(false);
  const [way, setWay] = useState<Way>("link");
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)} data-testid="share">
        <UserPlus size={16} aria-hidden="true" />
        Share
      </Button>
      <Dialog open={open} title="Share this session" onClose={() => setOpen(false)}>
        {accounts && <Ways way={way} onPick={setWay} />}
        {accounts && way === "person" ? <People id={session.id} /> : <Links id={session.id} />}
      </Dialog>
    </>
  );
}
