// The whole mirrored video with a place for the head, the sentence under the lens, and what to do when there is no video.
import { Mic, VideoOff } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Refusal } from "../../live/capture";
import { QUIET_MS } from "../../live/clip";
import { Button } from "../../ui/button";
import type { Step } from "./use-check";

export const SENTENCE = "My name is … and I would like this job.";

interface Props {
  stream: MediaStream | null;
  refused: Refusal | null;
  step: Step;
  onRetry: () => void;
  onVoiceOnly: () => void;
}

const SAYS: Record<Step, string> = {
  ready: "Head in the oval, light from the front, camera at eye level",
  quiet: "Look at the camera, stay quiet",
  sentence: "Now say, into the camera",
  measuring: "Thank you. One moment",
  done: "You can begin",
};

function Oval({ quiet }: { quiet: boolean }) {
  const shape = { cx: 200, cy: 138, rx: 66, ry: 88, fill: "none" };
  return (
    <svg viewBox="0 0 400 300" className="pointer-events-none absolute inset-0 size-full" aria-hidden="true">
      <ellipse {...shape} stroke="#000" strokeOpacity="0.35" strokeWidth="3" />
      <ellipse
        {...shape}
        stroke="#fff"
        strokeOpacity={quiet ? 1 : 0.75}
        strokeWidth="1.5"
        strokeDasharray={quiet ? "none" : "3 6"}
        strokeLinecap="round"
      />
      {quiet && (
        <ellipse
          {...shape}
          stroke="#aaa4ff"
          strokeWidth="4"
          pathLength="1"
          strokeDasharray="1"
          strokeLinecap="round"
          style={{ animation: `coach-ring ${QUIET_MS}ms linear both` }}
        />
      )}
    </svg>
  );
}

export function Preview({ stream, refused, step, onRetry, onVoiceOnly }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const sees = (stream?.getVideoTracks().length ?? 0) > 0;
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream, sees]);
  return (
    <div className="stage relative mx-auto aspect-[4/3] max-h-[62dvh] w-full overflow-hidden rounded-3xl bg-[#17181b] text-[#f1efeb] landscape-phone:max-h-[calc(100dvh-5.5rem)] short:max-sm:max-h-[38dvh]">
      {(sees || !stream) && (
        <video
          ref={video}
          autoPlay
          muted
          playsInline
          className="size-full -scale-x-100 object-contain"
          aria-label="Your camera, mirrored"
        />
      )}
      {stream && sees && <Oval quiet={step === "quiet"} />}
      {stream && !sees && (
        <p className="absolute inset-0 grid place-content-center justify-items-center gap-3">
          <Mic size={32} strokeWidth={1.5} aria-hidden="true" />
          Voice only
        </p>
      )}
      {stream && (
        <p
          role="status"
          className="absolute inset-x-0 top-0 bg-gradient-to-b from-black/80 to-transparent px-6 pb-12 pt-4 text-center text-sm font-medium"
        >
          {SAYS[step]}
          {step === "sentence" && <span className="mt-1 block text-lg sm:text-xl">“{SENTENCE}”</span>}
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
          <div className="flex flex-wrap justify-center gap-2">
            <Button onClick={onRetry}>Try again</Button>
            {refused.kind !== "insecure" && (
              <Button onClick={onVoiceOnly} data-testid="voice-only">
                Go on by voice only
              </Button>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
