// What was practised last: the questions that were answered, and what the last report said to try next.
import { useReport, useSessions } from "../../api/queries";
import { advices } from "../../replay/advice";

export interface Focus {
  text: string;
  /** The question it came from. */
  id: string;
  question: string;
}

export interface Last {
  /** Somebody has practised here before. */
  known: boolean;
  /** Ids of the questions that were answered lately. */
  answered: string[];
  focus: Focus | null;
}

/** The report of a longer session is not fetched for one sentence, milliseconds. */
const LONGEST_MS = 20 * 60_000;

export function useLast(): Last {
  const list = useSessions();
  const ready = (list.data?.pages[0]?.sessions ?? []).filter(({ state }) => state === "ready");
  const newest = ready[0];
  const short = newest !== undefined && (newest.duration_ms ?? 0) <= LONGEST_MS;
  const report = useReport(newest?.id ?? "", short).data;
  const next = report ? advices(report, report.overall).next : null;
  const answer = report?.answers[next?.answer ?? 0];
  const focus =
    next && answer?.question_id ? { text: next.text, id: answer.question_id, question: answer.question ?? "" } : null;
  return {
    known: ready.length > 0,
    answered: ready.flatMap(({ questions }) => questions.map(({ id }) => id)),
    focus,
  };
}
