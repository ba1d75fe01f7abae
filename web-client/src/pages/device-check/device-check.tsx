// Device check: video, audio, and three quiet seconds from which everything later is read.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import * as calls from "../../api/calls";
import { asProblem } from "../../api/problem";
import { useMe } from "../../api/queries";
import type { CalibrationResult } from "../../api/types";
import * as camera from "../../live/camera";
import { applied } from "../../live/capture";
import { CLIP_MS, recordClip } from "../../live/clip";
import { keepSwitchedOff, settings, switchedOff } from "../../live/hint-choice";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty } from "../../ui/states";
import { fromSearch } from "../home/choice";
import { Advice } from "./advice";
import { HintSwitches } from "./hint-switches";
import { Meter } from "./meter";
import { Picker } from "./picker";
import { Preview } from "./preview";
import { useCamera } from "./use-camera";

export default function DeviceCheck() {
  const chosen = fromSearch(useSearch());
  const [, go] = useLocation();
  const devices = useCamera();
  const { stream } = devices;
  const me = useMe();
  const [off, setOff] = useState(switchedOff);
  const hints = me.data ? settings(me.data.hints, off) : undefined;
  // The session is made once the settings that the browser applied are known, and again when devices or hints were changed.
  const session = useRef<{ id: string; stream: MediaStream; hints: string } | null>(null);
  const clip = useRef<{ blob: Blob; stream: MediaStream } | null>(null);
  const onward = useRef(false);
  const [result, setResult] = useState<CalibrationResult | null>(null);

  useEffect(
    () => () => {
      if (!onward.current) camera.release();
    },
    [],
  );

  const sessionFor = async (from: MediaStream): Promise<string> => {
    const wanted = JSON.stringify(hints);
    if (session.current?.stream === from && session.current.hints === wanted) return session.current.id;
    const made = await calls.createSession({ questions: chosen, capture: applied(from), ...(hints ? { hints } : {}) });
    const old = session.current;
    if (old) void calls.deleteSession(old.id).catch(() => undefined);
    session.current = { id: made.id, stream: from, hints: wanted };
    return made.id;
  };

  const calibration = useMutation({
    mutationFn: async (from: MediaStream) => {
      const id = await sessionFor(from);
      clip.current = { blob: await recordClip(from), stream: from };
      return calls.calibrate(id, clip.current.blob);
    },
    onMutate: () => setResult(null),
    onSuccess: setResult,
  });

  const onwards = useMutation({
    mutationFn: async (from: MediaStream) => {
      const before = session.current?.id;
      const id = await sessionFor(from);
      // Hints were changed after measuring: the new session gets the same three seconds.
      if (id !== before && clip.current?.stream === from) await calls.calibrate(id, clip.current.blob);
      return id;
    },
    onSuccess: (id) => {
      onward.current = true;
      go(`/arena/${id}`);
    },
  });

  if (chosen.length === 0) {
    return (
      <Frame title="Device check">
        <Empty title="No question chosen yet" action={<ButtonLink to="/">Choose a question</ButtonLink>}>
          The check comes after the choice, so that you can start at once.
        </Empty>
      </Frame>
    );
  }

  const quiet = calibration.isPending;
  const problem = calibration.error ?? onwards.error;
  return (
    <Frame title="Device check">
      <h1 className="text-3xl font-semibold">Can we see and hear you?</h1>
      <div className="mt-8 grid gap-8 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
        <Preview
          stream={stream}
          refused={devices.refused}
          calibrating={quiet}
          calibrationMs={CLIP_MS}
          onRetry={devices.retry}
        />
        <div className="grid content-start gap-6">
          <Picker
            label="Camera"
            testid="camera"
            devices={devices.devices.cameras}
            current={stream?.getVideoTracks()[0]}
            disabled={quiet}
            onPick={(id) => devices.choose({ ...devices.chosen, camera: id })}
          />
          <div>
            <Picker
              label="Microphone"
              testid="microphone"
              devices={devices.devices.microphones}
              current={stream?.getAudioTracks()[0]}
              disabled={quiet}
              onPick={(id) => devices.choose({ ...devices.chosen, microphone: id })}
            />
            <Meter stream={stream} />
          </div>
          <HintSwitches
            hints={me.data?.hints ?? []}
            off={off}
            disabled={quiet || onwards.isPending}
            onChange={(next) => {
              keepSwitchedOff(next);
              setOff(next);
            }}
          />
          <div className="border-t border-line pt-6">
            <h2 className="font-semibold">Three quiet seconds</h2>
            <p className="mt-1 text-sm text-ink-2">
              Sit as you will sit, look into the camera and stay quiet. Everything later is compared with this, not with
              other people.
            </p>
            <Advice result={result} problem={problem ? asProblem(problem) : null} />
            <div className="mt-4 flex flex-wrap gap-2">
              {/* What comes next is the filled button: measure first, then go on. */}
              <Button
                look={result ? "plain" : "primary"}
                data-testid="calibrate"
                disabled={!stream || quiet || onwards.isPending || me.isPending}
                onClick={() => stream && calibration.mutate(stream)}
              >
                {quiet ? "Look at the camera…" : result ? "Measure again" : "Measure"}
              </Button>
              <Button
                look={result ? "primary" : "quiet"}
                data-testid="device-ok"
                disabled={!stream || quiet || onwards.isPending || me.isPending}
                onClick={() => stream && onwards.mutate(stream)}
              >
                {result ? "Begin" : "Begin without it"}
              </Button>
            </div>
          </div>
        </div>
      </div>
    </Frame>
  );
}
