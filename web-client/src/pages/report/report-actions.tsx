// What can be done with a whole session: reference, comparison, taking it along, printing, deleting.
import { Columns2, Download, Printer } from "lucide-react";
import type { Session } from "../../api/types";
import { buttonClass, ButtonLink } from "../../ui/button";
import { DeleteSession } from "../history/delete-session";
import { GoldStar } from "../history/gold-star";
import { useMe } from "../../api/queries";
import { Share } from "./sharing/share";
import { useReference } from "./use-reference";

const TOOL = "grid size-11 place-items-center rounded-xl text-ink-2 hover:bg-sunken hover:text-ink";

export const exportPath = (id: string) => `/api/sessions/${encodeURIComponent(id)}/export`;

export function ReportActions({ session }: { session: Session }) {
  const me = useMe();
  const reference = useReference(session);
  const accounts = me.data?.mode === "accounts";
  // Of somebody else's session there is nothing to decide.
  if (!session.own) return null;
  return (
    <div className="flex flex-wrap items-center gap-1 print:hidden">
      <GoldStar session={session} labelled />
      {reference && (
        <ButtonLink to={`/compare?a=${session.id}&b=${reference.id}`} data-testid="compare-reference">
          <Columns2 size={16} aria-hidden="true" />
          Compare with my reference
        </ButtonLink>
      )}
      <a
        href={exportPath(session.id)}
        download
        className={buttonClass("quiet")}
        data-testid="export"
        title="Recording, measurements and report as one ZIP"
      >
        <Download size={16} aria-hidden="true" />
        Download all
      </a>
      <button
        type="button"
        className={`${TOOL} max-sm:hidden`}
        aria-label="Print, or save as PDF"
        title="Print, or save as PDF"
        onClick={() => window.print()}
      >
        <Printer size={18} aria-hidden="true" />
      </button>
      <Share session={session} accounts={accounts} />
      <DeleteSession session={session} />
    </div>
  );
}
