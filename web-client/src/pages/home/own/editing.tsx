// The dialogs of the start page: a question of one's own, a set, the links to a set.
import type { Question, QuestionSet } from "../../../api/types";
import { Dialog } from "../../../ui/dialog";
import { QuestionForm } from "./question-form";
import { SetForm } from "./set-form";
import { SetShare } from "./set-share";

/** What is being changed; a question or a set of `null` is a new one. */
export type Edited =
  | { what: "question"; question: Question | null }
  | { what: "set"; set: QuestionSet | null; questions: string[] }
  | { what: "share"; set: QuestionSet }
  | null;

const titleOf = (edited: Edited): string => {
  switch (edited?.what) {
    case "question":
      return edited.question ? "Change your question" : "Write a question";
    case "set":
      return edited.set ? "Change the set" : "Keep as a set";
    case "share":
      return `Share “${edited.set.name}”`;
    default:
      return "";
  }
};

interface Props {
  edited: Edited;
  questions: readonly Question[];
  onClose: () => void;
}

export function Editing({ edited, questions, onClose }: Props) {
  return (
    <Dialog open={edited !== null} title={titleOf(edited)} onClose={onClose}>
      {edited?.what === "question" && <QuestionForm question={edited.question} onDone={onClose} />}
      {edited?.what === "set" && (
        <SetForm set={edited.set} first={edited.questions} questions={questions} onDone={onClose} />
      )}
      {edited?.what === "share" && <SetShare set={edited.set} />}
    </Dialog>
  );
}
