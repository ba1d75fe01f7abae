// The recording of somebody else's session, and what was said in it.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { spoken } from "../../api/calls";
import type { Comment, Recording } from "../../api/types";
import { places } from "../../comments/threads";
import type { Player } from "../../replay/player";
import { usePoster } from "../../replay/use-poster";
import { Failure } from "../../ui/states";
import { Marks } from "../report/scrubber";

interface Props {
  recording: UseQueryResult<Recording>;
  /** Where what is shown of the session is. */
  path: string;
  player: Player;
  /** They are marked under the video. */
  comments: readonly Comment[];
}

export function Replay({ recording, path, player, comments }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const at = useRef(0);
  const { data, error, refetch } = recording;
  const shown = data !== undefined;
  const poster = usePoster(data?.poster_url);
  useEffect(() => (video.current ? player.attach(video.current) : undefined), [player, shown]);
  if (error) return <Failure error={error} title="There is nothing to play" />;
  if (!data) return null;
  const marks = places(comments).map((t) => ({ t, kind: "comment" as const }));
  return (
    <div>
      <video
        ref={video}
        controls
        className="max-h-[70vh] w-full rounded-2xl bg-sunken"
        src={data.url}
        crossOrigin="anonymous"
        poster={poster}
        onTimeUpdate={(event) => (at.current = event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => {
          if (at.current > 0) event.currentTarget.currentTime = at.current;
        }}
        // The link is good for half a minute; a new one goes on where the old one ended.
        onError={() => {
          if (data.expires_us / 1000 < Date.now()) void refetch();
        }}
        data-testid="review-video"
      >
        <track kind="captions" src={`${path}/transcript`} srcLang="en" label="What was said" />
      </video>
      {marks.length > 0 && data.duration_ms !== null && (
        <div className="pt-3">
          <Marks marks={marks} duration={data.duration_ms} />
        </div>
      )}
    </div>
  );
}

export function Said({ path }: { path: string }) {
  const text = useQuery({ queryKey: ["spoken", path], queryFn: () => spoken(path), retry: false });
  if (!text.data) return null;
  return (
    <section aria-labelledby="said">
      <h2 id="said" className="mb-2 text-lg font-semibold">
        What was said
      </h2>
      <p className="max-w-prose whitespace-pre-line">{text.data}</p>
    </section>
  );
}
