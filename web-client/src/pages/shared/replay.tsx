// The recording of somebody else's session, and what was said in it.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useRef } from "react";
import { spoken } from "../../api/calls";
import type { Recording } from "../../api/types";
import { Failure } from "../../ui/states";

/** `path`: where what is shown of the session is. */
export function Replay({ recording, path }: { recording: UseQueryResult<Recording>; path: string }) {
  const at = useRef(0);
  const { data, error, refetch } = recording;
  if (error) return <Failure error={error} title="There is nothing to play" />;
  if (!data) return null;
  return (
    <video
      controls
      className="max-h-[70vh] w-full rounded-2xl bg-sunken"
      src={data.url}
      onTimeUpdate={(event) => (at.current = event.currentTarget.currentTime)}
      onLoadedMetadata={(event) => (event.currentTarget.currentTime = at.current)}
      // The link is good for half a minute; a new one goes on where the old one ended.
      onError={() => {
        if (data.expires_us / 1000 < Date.now()) void refetch();
      }}
      {...(data.poster_url ? { poster: data.poster_url } : {})}
      data-testid="review-video"
    >
      <track kind="captions" src={`${path}/transcript`} srcLang="en" label="What was said" />
    </video>
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
