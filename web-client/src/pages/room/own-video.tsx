// One's own camera, mirrored.
import { useEffect, useRef } from "react";

export function OwnVideo({ stream, className }: { stream: MediaStream; className: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <video
      ref={video}
      autoPlay
      muted
      playsInline
      aria-label="Your camera, mirrored"
      className={`-scale-x-100 ${className}`}
    />
  );
}
