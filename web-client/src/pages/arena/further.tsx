// The further question after an answer: asked, answered or left, and in sight while it is answered.
import { useEffect } from "react";
import { readAloud as speak } from "../../live/aloud";
import { Button } from "../../ui/button";
import type { Arena } from "./use-arena";

export function Further({ arena }: { arena: Arena }) {
  const { stage, further, readAloud, send } = arena;
  const asked = stage.at === "asking_further" ? stage.text : null;
  useEffect(() => {
    return asked !== null && readAloud ? speak(asked, () => undefined) : undefined;
  }, [asked, readAloud]);
  if (stage.at === "listening") {
    return (
      <p role="status" data-testid="listening" className="mt-4 text-white/75">
        One moment
      </p>
    );
  }
  if (stage.at === "asking_further") {
    return (
      <div role="status" data-testid="further" className="appear mx-auto mt-6 grid max-w-xl gap-5">
        <p className="text-lg font-medium sm:text-xl">{stage.text}</p>
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="primary" data-testid="answer-further" onClick={() => send({ is: "answer_further" })}>
            Answer it
          </Button>
          <Button look="quiet" data-testid="leave-further" onClick={() => send({ is: "leave" })}>
            {stage.then === "next" ? "Next question" : "Finish"}
          </Button>
        </div>
      </div>
    );
  }
  return further === null || stage.at !== "answering" ? null : (
    <p data-testid="further" className="mx-auto mt-3 max-w-xl text-lg text-white/90">
      {further}
    </p>
  );
}
