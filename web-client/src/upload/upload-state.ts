// What the upload page shows, as a pure function: a state and what happened in, the next state out.
import type { Unfinished } from "./memory";
import type { Uploader } from "./uploader";

export type Stage =
  | { at: "choose" }
  | { at: "opening"; file: File }
  | { at: "sending"; file: File; session: string; uploader: Uploader }
  /** All is sent; the server looks at it. */
  | { at: "checking"; file: File; session: string }
  | { at: "done"; session: string };

export interface UploadState {
  stage: Stage;
  /** An upload that was begun before and can be gone on with. */
  unfinished: Unfinished | null;
  /** What went wrong last, as one reads it. */
  problem: string | null;
}

export type UploadEvent =
  | { is: "opening"; file: File }
  | { is: "sending"; file: File; session: string; uploader: Uploader }
  | { is: "going_on" }
  | { is: "checking" }
  | { is: "done"; session: string }
  /** Back to the choice of a file, with what is unfinished then. */
  | { is: "over"; unfinished: Unfinished | null; problem: string | null }
  | { is: "problem"; problem: string }
  | { is: "unfinished_gone" };

export const beginning = (unfinished: Unfinished | null): UploadState => ({
  stage: { at: "choose" },
  unfinished,
  problem: null,
});

/** Returns the state after the event. */
export function reduce(state: UploadState, event: UploadEvent): UploadState {
  const { stage } = state;
  switch (event.is) {
    case "opening":
      return { ...state, stage: { at: "opening", file: event.file }, problem: null };
    case "sending": {
      const { file, session, uploader } = event;
      return { ...state, stage: { at: "sending", file, session, uploader }, problem: null };
    }
    case "going_on":
      return { ...state, problem: null };
    case "checking":
      if (stage.at !== "sending") return state;
      return { ...state, stage: { at: "checking", file: stage.file, session: stage.session } };
    case "done":
      return { ...state, stage: { at: "done", session: event.session } };
    case "over":
      return { stage: { at: "choose" }, unfinished: event.unfinished, problem: event.problem };
    case "problem":
      return { ...state, problem: event.problem };
    case "unfinished_gone":
      return { ...state, unfinished: null };
  }
}
