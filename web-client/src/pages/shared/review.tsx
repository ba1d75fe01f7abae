// A session of somebody else, as far as its owner shows it: recording, what was said, and the report where that is shared.
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { spoken } from "../../api/calls";
import { useRecording, useSession, useShared } from "../../api/queries";
import { when } from "../../replay/words";
import { ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Failure, Loading } from "../../ui/states";
import { once } from "./shared";

/** The states in which there is, or will be, something to watch. */
const LIVE = ["created", "live", "grace"];

export default function Review({ id }: { id: string }) {
  const session = useSession(id);
  const shared = once(useShared().data?.sessions ?? []).find((one) => one.session === id);
  const recording = useRecording(id, session.isSuccess);
  const at = useRef(0);
  const text = useQuery({
    queryKey: ["spoken", id],
    queryFn: () => spoken(id),
    enabled: session.isSuccess,
    retry: false,
  });
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
          {recording.isError && !LIVE.includes(session.data.state) && (
            <Failure error={recording.error} title="There is nothing to play" />
          )}
          {recording.data && (
            // What was said stands below as text.
            // eslint-disable-next-line jsx-a11y/media-has-caption
            <video
              controls
              className="max-h-[70vh] w-full rounded-2xl bg-sunken"
              src={recording.data.url}
              onTimeUpdate={(event) => (at.current = event.currentTarget.currentTime)}
              onLoadedMetadata={(event) => (event.currentTarget.currentTime = at.current)}
              // The link is good for half a minute; a new one goes on where the old one ended.
              onError={() => {
                if (recording.data.expires_us / 1000 < Date.now()) void recording.refetch();
              }}
              {...(recording.data.poster_url ? { poster: recording.data.poster_url } : {})}
              data-testid="review-video"
            />
          )}
          {text.data && (
            <section aria-labelledby="said">
              <h2 id="said" className="mb-2 text-lg font-semibold">
                What was said
              </h2>
              <p className="max-w-prose whitespace-pre-line">{text.data}</p>
            </section>
          )}
        </div>
      )}
    </Frame>
  );
}
