// What a link shows: questions, recording, what was said, and the scores where the owner shows them.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { guestPath, guestRecording, guestReport } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { GuestView } from "../../api/types";
import { Comments, useComments } from "../../comments/comments";
import { ofLink } from "../../comments/source";
import { Player } from "../../replay/player";
import { day, when } from "../../replay/words";
import { ScoreCards } from "../report/score-cards";
import { Replay, Said } from "../shared/replay";
import { GuestFrame } from "./frame";

const nothing = () => undefined;

function Scores({ link, player }: { link: string; player: Player }) {
  const report = useQuery({ queryKey: ["guest-report", link], queryFn: () => guestReport(link), retry: false });
  if (!report.data) return null;
  const { scores, words } = report.data.overall;
  return (
    <section aria-label="Scores" className="max-w-md">
      <ScoreCards
        scores={scores}
        words={words}
        lit={null}
        onLight={nothing}
        onPin={nothing}
        onPlay={(start, end) => player.playMoment(start, end)}
      />
    </section>
  );
}

export function Shown({ view, onEnded }: { view: GuestView; onEnded: () => void }) {
  const { link, session } = view;
  const recording = useQuery({
    queryKey: ["guest-recording", link],
    queryFn: () => guestRecording(link),
    retry: false,
  });
  const length = session.duration_ms ?? Number.MAX_SAFE_INTEGER;
  const player = useMemo(() => new Player(length), [length]);
  const source = useMemo(() => ofLink(link), [link]);
  const said = useComments(source, view.comments);
  const comments = said.data?.comments ?? [];
  const ended = [recording.error, said.error].some((error) => error !== null && asProblem(error).status === 404);
  useEffect(() => {
    if (ended) onEnded();
  }, [ended, onEnded]);
  const { questions } = session;
  const from = view.owner_name ?? "Somebody";
  return (
    <GuestFrame title={`${from}, ${day(session.created_us)}`}>
      <div className="grid gap-6" data-testid="guest">
        <div className="grid gap-1">
          <p className="text-ink-2">
            {from} shows you {questions.length > 1 ? `${questions.length} answers` : "an answer"} of{" "}
            {when(session.created_us)}
          </p>
          <h1 className="text-2xl font-semibold text-balance sm:text-3xl">
            {questions.length > 1 ? "What was asked" : questions[0]?.text}
          </h1>
          {questions.length > 1 && (
            <ol className="mt-2 grid list-decimal gap-1 pl-6 text-lg text-pretty">
              {questions.map((question) => (
                <li key={question.id}>{question.text}</li>
              ))}
            </ol>
          )}
        </div>
        <div className={`grid items-start gap-8 ${view.comments ? "lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]" : ""}`}>
          <div className="grid gap-6">
            <Replay recording={recording} path={guestPath(link)} player={player} comments={comments} />
            {view.scores && <Scores link={link} player={player} />}
            <Said path={guestPath(link)} />
          </div>
          {view.comments && (
            <div className="rounded-3xl border border-line bg-surface p-5 sm:p-6">
              <Comments source={source} player={player} />
            </div>
          )}
        </div>
        <p className="text-sm text-ink-2">
          You can see this until {when(view.expires_us)}. {from} sees that you opened it, and when.
        </p>
      </div>
    </GuestFrame>
  );
}
