// An upload as a page sees it: its state, its numbers, and what can be done with it.
import { useCallback, useEffect, useMemo, useReducer, useState } from "react";
import { UploadFlow } from "./flow";
import { recall } from "./memory";
import { beginning, reduce } from "./upload-state";
import type { Uploader, View } from "./uploader";

/** Numbers are shown so often, in milliseconds, however often they change. */
const SHOWN_MS = 250;

function useView(uploader: Uploader | null): View | null {
  const [view, setView] = useState<View | null>(null);
  useEffect(() => {
    if (!uploader) return;
    const show = () => setView(uploader.view);
    show();
    const timer = setInterval(show, SHOWN_MS);
    return () => {
      clearInterval(timer);
      show();
    };
  }, [uploader]);
  return view;
}

export function useUpload(onDone: (session: string) => void) {
  const [state, tell] = useReducer(reduce, null, () => beginning(recall()));
  const { stage, unfinished, problem } = state;
  const flow = useMemo(() => new UploadFlow(tell, onDone), [onDone]);
  useEffect(() => {
    flow.enter();
    return () => flow.leave();
  }, [flow]);
  const view = useView(stage.at === "sending" ? stage.uploader : null);

  return {
    stage,
    view,
    problem,
    unfinished,
    start: useCallback((file: File, question: string) => flow.start(file, question), [flow]),
    resume: useCallback((file: File) => (unfinished ? flow.resume(file, unfinished) : undefined), [flow, unfinished]),
    giveUp: useCallback((session: string) => flow.giveUp(session), [flow]),
    hold: useCallback(() => flow.hold(), [flow]),
    goOn: useCallback(() => flow.goOn(), [flow]),
    complain: useCallback((why: string) => tell({ is: "problem", problem: why }), []),
  };
}
