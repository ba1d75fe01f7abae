// Sharing a session: with people on this server, where people sign in, and with anybody by a link.
import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { Session } from "../../../api/types";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Links } from "./links";
import { People } from "./people";

export function Share({ session, accounts }: { session: Session; accounts: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)} data-testid="share">
        <UserPlus size={16} aria-hidden="true" />
        Share
      </Button>
      <Dialog open={open} title="Share this session" onClose={() => setOpen(false)}>
        <div className="grid gap-8">
          {accounts && (
            <section aria-labelledby="share-people">
              <h3 id="share-people" className="font-semibold">
                With a person on this server
              </h3>
              <People id={session.id} />
            </section>
          )}
          <section aria-labelledby="share-links">
            <h3 id="share-links" className="font-semibold">
              By a link
            </h3>
            <Links id={session.id} />
          </section>
        </div>
      </Dialog>
    </>
  );
}
