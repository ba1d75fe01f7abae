// A live session as an observer sees it: the candidate, large, and what they were asked. No hints, no scores.
import { whepPath } from "../../api/calls";
import { useSession } from "../../api/queries";
import { ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { Screen } from "./screen";
import { useWatcher } from "./use-watcher";

/** The states in which there is, or will be, something to watch. */
const OPEN = ["created", "live", "grace"];
const POLL_MS = 3000;

export default function WatchPage({ id }: { id: string }) {
  const session = useSession(id, POLL_MS);
  const open = session.data !== undefined && OPEN.includes(session.data.state);
  const state = useWatcher(whepPath(id), open);
  const lost = session.data?.state === "grace";
  return (
    <Frame title="Watching">
      {session.isPending && <Loading page what="the session" />}
      {session.isError && !session.data && (
        <Failure page error={session.error} title="There is no session to watch here" />
      )}
      {session.data && (!open || state.is === "ended") && (
        <Empty page title="This session is over" action={<ButtonLink to="/">To the start</ButtonLink>}>
          Nothing more is sent. What was recorded belongs to the person who answered.
        </Empty>
      )}
      {session.data && open && state.is === "failed" && (
        <Failure page error={state.problem} title="This session cannot be watched" />
      )}
      {session.data && open && state.is !== "failed" && state.is !== "ended" && (
        <div className="grid gap-5">
          <h1 className="text-2xl font-semibold">A live session</h1>
          <Screen state={state} lost={lost} />
          <section aria-labelledby="questions">
            <h2 id="questions" className="mb-2 text-lg font-semibold">
              Questions of this session
            </h2>
            <ol className="grid list-decimal gap-1 pl-5 text-ink-2">
              {session.data.questions.map((question) => (
                <li key={question.id}>{question.text}</li>
              ))}
            </ol>
          </section>
        </div>
      )}
    </Frame>
  );
}
