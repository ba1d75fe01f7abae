// One's own video, small, whole and mirrored, right under the lens. It can be hidden; it is recorded all the same.
import { Eye, EyeOff, Mic } from "lucide-react";
import { useEffect, useRef } from "react";

interface Props {
  stream: MediaStream | null;
  hidden: boolean;
  dimmed: boolean;
  onFlip: () => void;
}

export function SelfView({ stream, hidden, dimmed, onFlip }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const sees = (stream?.getVideoTracks().length ?? 0) > 0;
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream, hidden, sees]);
  if (stream && !sees) {
    return (
      <p
        className="flex h-12 items-center gap-2 rounded-2xl bg-white/10 px-4 text-sm text-white/80"
        data-testid="voice-only"
      >
        <Mic size={16} aria-hidden="true" />
        Voice only
      </p>
    );
  }
  if (hidden) {
    return (
      <button
        type="button"
        data-testid="self-view-show"
        onClick={onFlip}
        className="flex h-12 items-center gap-2 rounded-2xl bg-white/10 px-4 text-sm text-white/80 hover:bg-white/20"
      >
        <Eye size={16} aria-hidden="true" />
        Show my video
      </button>
    );
  }
  return (
    <div className="relative h-[138px] w-fit min-w-[100px] max-w-[184px] overflow-hidden rounded-2xl border border-white/15 bg-[#1b1d21] landscape-phone:h-[100px]">
      <video
        ref={video}
        autoPlay
        muted
        playsInline
        aria-label="Your camera, mirrored"
        data-testid="self-view"
        className={`h-full w-auto -scale-x-100 object-contain transition-opacity duration-300 ${dimmed ? "opacity-35" : ""}`}
      />
      <button
        type="button"
        data-testid="self-view-hide"
        onClick={onFlip}
        aria-label="Hide my video"
        title="Hide my video (V)"
        className="absolute bottom-0 right-0 grid size-11 place-items-center text-white"
      >
        <span className="grid size-8 place-items-center rounded-full bg-black/55 hover:bg-black/75">
          <EyeOff size={16} aria-hidden="true" />
        </span>
      </button>
    </div>
  );
}
