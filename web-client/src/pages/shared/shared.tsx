// The sessions that others share with the person who is signed in.
import { Link } from "wouter";
import { useShared } from "../../api/queries";
import type { SharedSessions } from "../../api/types";
import { when } from "../../replay/words";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";

type Shared = SharedSessions["sessions"][number];

/** One line for each session: what one of several grants shows is shown. */
export function once(all: readonly Shared[]): Shared[] {
  const found = new Map<string, Shared>();
  for (const one of all) {
    const known = found.get(one.session);
    found.set(one.session, known ? { ...known, scores: known.scores || one.scores } : one);
  }
  return [...found.values()];
}

export default function SharedPage() {
  const shared = useShared();
  return (
    <Frame title="Shared with you">
      <h1 className="text-2xl font-semibold">Shared with you</h1>
      <div className="mt-6">
        {shared.isPending && <Loading what="what others share" />}
        {shared.isError && <Failure error={shared.error} retry={() => void shared.refetch()} />}
        {shared.data?.sessions.length === 0 && (
          <Empty title="Nobody shares a session with you">
            Whoever wants your opinion shares a session with the address of your account.
          </Empty>
        )}
        <ul className="grid gap-3" data-testid="shared">
          {once(shared.data?.sessions ?? []).map((one) => (
            <li key={one.session}>
              <Link
                href={`/shared/${one.session}`}
                className="block rounded-2xl border border-line bg-surface px-5 py-4 hover:border-line-strong"
              >
                <span className="block font-medium">{one.owner_name ?? one.owner_email}</span>
                <span className="text-sm text-ink-2">
                  {when(one.created_us)} ·{" "}
                  {one.scores ? "recording, transcript and report" : "recording and transcript"}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}
