// The interviewer as the candidate sees and hears them: large, below the question.
import { whepPath } from "../../api/calls";
import type { Present } from "../../live/messages";
import { Screen } from "../watch/screen";
import { useWatcher } from "../watch/use-watcher";

export function Interviewer({ session, there }: { session: string; there: Present | null }) {
  const state = useWatcher(whepPath(session, "interviewer"), there !== null);
  return (
    <section
      aria-label="The interviewer"
      data-testid="interviewer"
      data-there={there !== null}
      className="mx-auto mt-4 grid min-h-0 w-full max-w-3xl flex-1 grid-rows-[minmax(0,1fr)_auto] gap-2"
    >
      {there === null ? (
        <p
          role="status"
          className="grid place-content-center rounded-2xl border border-dashed border-white/25 p-6 text-white/75"
        >
          The interviewer is not here yet. You can begin: whoever you invited joins by themselves.
        </p>
      ) : (
        <>
          <Screen state={state} lost={false} who="interviewer" fills />
          <p role="status" className="text-sm text-white/80">
            {there.name ?? "The interviewer"} is here, sees and hears you
          </p>
        </>
      )}
    </section>
  );
}
