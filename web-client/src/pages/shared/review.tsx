// A session of somebody else, as far as its owner shows it: recording, what was said, and the report where that is shared.
import { useMemo } from "react";
import { sessionPath } from "../../api/calls";
import { useRecording, useSession, useShared } from "../../api/queries";
import { Comments, useComments } from "../../comments/comments";
import { ofSession } from "../../comments/source";
import { Player } from "../../replay/player";
import { when } from "../../replay/words";
import { ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Failure, Loading } from "../../ui/states";
import { Replay, Said } from "./replay";
import { once } from "./shared";

/** The states in which there is, or will be, something to watch. */
const LIVE = ["created", "live", "grace"];

export default function Review({ id }: { id: string }) {
  const session = useSession(id);
  const shared = once(useShared().data?.sessions ?? []).find((one) => one.session === id);
  const recording = useRecording(id, session.isSuccess);
  const length = session.data?.duration_ms ?? Number.MAX_SAFE_INTEGER;
  const player = useMemo(() => new Player(length), [length]);
  const source = useMemo(() => ofSession(id, false), [id]);
  const reviews = shared?.role === "coach";
  const comments = useComments(source, reviews).data?.comments ?? [];
  return (
    <Frame title="A shared session">
      {session.isPending && <Loading page what="the session" />}
      {session.isError && <Failure page error={session.error} title="This session is not shared with you" />}
      {session.data && (
        <div className="grid gap-6">
          <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
            <div className="min-w-0 flex-1 basis-64">
              <h1 className="text-2xl font-semibold">
                {shared?.owner_name ?? shared?.owner_email ?? "A shared session"}
              </h1>
              <p className="text-ink-2">{when(session.data.created_us)}</p>
            </div>
            {LIVE.includes(session.data.state) && (
              <ButtonLink to={`/sessions/${id}/watch`} look="primary" data-testid="watch-live">
                Watch it live
              </ButtonLink>
            )}
            {shared?.scores && <ButtonLink to={`/sessions/${id}`}>Open the report</ButtonLink>}
          </div>
          <ol className="grid gap-1 text-ink-2">
            {session.data.questions.map((question) => (
              <li key={question.id}>{question.text}</li>
            ))}
          </ol>
          {(recording.isError && LIVE.includes(session.data.state)) || (
            <Replay recording={recording} path={sessionPath(id)} player={player} comments={comments} />
          )}
          {reviews && <Comments source={source} player={player} />}
          <Said path={sessionPath(id)} />
        </div>
      )}
    </Frame>
  );
}
