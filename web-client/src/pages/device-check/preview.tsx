// The mirrored preview with a place for the head, and what to do when there is no video.
import { VideoOff } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Refusal } from "../../live/capture";
import { Button } from "../../ui/button";

interface Props {
  stream: MediaStream | null;
  refused: Refusal | null;
  calibrating: boolean;
  calibrationMs: number;
  onRetry: () => void;
}

export function Preview({ stream, refused, calibrating, calibrationMs, onRetry }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <div className="stage relative aspect-[4/3] self-start overflow-hidden rounded-3xl bg-[#17181b] text-[#f1efeb]">
      <video
        ref={video}
        autoPlay
        muted
        playsInline
        className="size-full -scale-x-100 object-cover"
        aria-label="Your camera, mirrored"
      />
      {stream && (
        <svg viewBox="0 0 400 300" className="pointer-events-none absolute inset-0 size-full" aria-hidden="true">
          <ellipse cx="200" cy="138" rx="66" ry="88" fill="none" stroke="#000" strokeOpacity="0.35" strokeWidth="3" />
          <ellipse
            cx="200"
            cy="138"
            rx="66"
            ry="88"
            fill="none"
            stroke="#fff"
            strokeOpacity={calibrating ? 1 : 0.75}
            strokeWidth="1.5"
            strokeDasharray={calibrating ? "none" : "3 6"}
            strokeLinecap="round"
          />
          {calibrating && (
            <ellipse
              cx="200"
              cy="138"
              rx="66"
              ry="88"
              fill="none"
              stroke="#aaa4ff"
              strokeWidth="4"
              pathLength="1"
              strokeDasharray="1"
              strokeLinecap="round"
              style={{ animation: `coach-ring ${calibrationMs}ms linear both` }}
            />
          )}
        </svg>
      )}
      {stream && (
        <p
          role="status"
          className="absolute inset-x-0 bottom-0 bg-gradient-to-t from-black/75 to-transparent px-6 pb-4 pt-12 text-center text-sm font-medium"
        >
          {calibrating
            ? "Look at the camera, stay quiet"
            : "Head in the oval, light from the front, camera at eye level"}
        </p>
      )}
      {!stream && !refused && (
        <p role="status" className="absolute inset-0 grid place-content-center px-8 text-center">
          Waiting for the camera. The browser may ask you to allow it.
        </p>
      )}
      {refused && (
        <div
          role="alert"
          className="absolute inset-0 grid place-content-center justify-items-center gap-3 px-8 text-center"
        >
          <VideoOff size={28} aria-hidden="true" />
          <h2 className="text-lg font-semibold">{refused.title}</h2>
          <p className="max-w-sm text-sm opacity-85">{refused.cure}</p>
          <Button onClick={onRetry}>Try again</Button>
        </div>
      )}
    </div>
  );
}
