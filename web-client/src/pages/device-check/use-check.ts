// The device check behind the page: the session that it belongs to, the clip that is measured, and the way on.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import * as calls from "../../api/calls";
import { asProblem, type Problem } from "../../api/problem";
import type { CalibrationResult, NewSession } from "../../api/types";
import * as camera from "../../live/camera";
import { applied } from "../../live/capture";
import { QUIET_MS, recordClip } from "../../live/clip";

export type Step = "ready" | "quiet" | "sentence" | "measuring" | "done";

export interface Check {
  step: Step;
  result: CalibrationResult | null;
  problem: Problem | null;
  /** Something is under way that must not be disturbed. */
  busy: boolean;
  /** Makes the session for which others can be invited; from then on it stays the same one. */
  invite: (stream: MediaStream) => Promise<string>;
  measure: (stream: MediaStream) => void;
  begin: (stream: MediaStream) => void;
}

/** Makes the session once the settings that the browser applied are known, and again when devices or hints were changed. */
function useSessionFor(questions: string[], hints: NewSession["hints"]) {
  const session = useRef<{ id: string; stream: MediaStream; hints: string } | null>(null);
  /** Somebody was invited to the session: another one would leave them outside. */
  const kept = useRef(false);
  const sessionFor = async (from: MediaStream): Promise<string> => {
    const wanted = JSON.stringify(hints);
    const old = session.current;
    if (old && (kept.current || (old.stream === from && old.hints === wanted))) return old.id;
    const made = await calls.createSession({ questions, capture: applied(from), ...(hints ? { hints } : {}) });
    if (old) void calls.deleteSession(old.id).catch(() => undefined);
    session.current = { id: made.id, stream: from, hints: wanted };
    return made.id;
  };
  const invite = async (from: MediaStream): Promise<string> => {
    const id = await sessionFor(from);
    kept.current = true;
    return id;
  };
  return { session, sessionFor, invite };
}

export function useCheck(questions: string[], hints: NewSession["hints"]): Check {
  const [, go] = useLocation();
  const { session, sessionFor, invite } = useSessionFor(questions, hints);
  const clip = useRef<{ blob: Blob; stream: MediaStream } | null>(null);
  const onward = useRef(false);
  const left = useRef(false);
  const [result, setResult] = useState<CalibrationResult | null>(null);
  const [part, setPart] = useState<Step>("ready");

  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
      if (!onward.current) camera.release();
    };
  }, []);

  const calibration = useMutation({
    mutationFn: async (from: MediaStream) => {
      const id = await sessionFor(from);
      setPart("quiet");
      const say = setTimeout(() => setPart("sentence"), QUIET_MS);
      try {
        clip.current = { blob: await recordClip(from), stream: from };
      } finally {
        clearTimeout(say);
      }
      // What was recorded when somebody left is measured for nobody.
      if (left.current) throw new DOMException("left", "AbortError");
      setPart("measuring");
      return calls.calibrate(id, clip.current.blob);
    },
    onMutate: () => setResult(null),
    onSuccess: (found) => {
      setResult(found);
      setPart("done");
    },
    onError: () => setPart("ready"),
  });

  const onwards = useMutation({
    mutationFn: async (from: MediaStream) => {
      const before = session.current?.id;
      const id = await sessionFor(from);
      // Hints were changed after measuring: the new session gets the same seconds.
      if (id !== before && clip.current?.stream === from) await calls.calibrate(id, clip.current.blob);
      return id;
    },
    onSuccess: (id) => {
      if (left.current) return;
      onward.current = true;
      go(`/arena/${id}`);
    },
  });

  const error = calibration.error ?? onwards.error;
  return {
    step: part,
    result,
    problem: error ? asProblem(error) : null,
    busy: calibration.isPending || onwards.isPending,
    invite,
    measure: calibration.mutate,
    begin: onwards.mutate,
  };
}
