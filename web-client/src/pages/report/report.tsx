// The report: replay left, four scores right, lanes below; one playhead for all of them.
import { useEffect, useMemo, useState } from "react";
import { useRecording } from "../../api/queries";
import type { Moment, Report, ScoreName, Session } from "../../api/types";
import { fasterThan, replayAction } from "../../replay/keys";
import { lanes } from "../../replay/lanes";
import { Player } from "../../replay/player";
import { when } from "../../replay/words";
import { clock } from "../../live/timer";
import { Frame } from "../../ui/frame";
import { DeleteSession } from "../history/delete-session";
import { GoldStar } from "../history/gold-star";
import { AnswerTabs } from "./answer-tabs";
import { Lanes } from "./lanes";
import { Replay } from "./replay";
import { ScoreCards } from "./score-cards";
import { useTracks } from "./use-tracks";
import { Words, wordsOf } from "./words";

export interface Lit {
  score: ScoreName;
  metric: string;
  moments: Moment[];
}

/** What there was to go by. */
function evidence({ voice, speech_s, face }: Report["coverage"]): string {
  const heard = voice === 0 ? "no audio" : `${clock(speech_s * 1000)} of speech heard`;
  if (face >= 0.6) return heard;
  return `${heard}, ${face === 0 ? "no face seen" : `face seen ${Math.round(face * 100)} % of the time`}`;
}

/** Space, arrows, J K L anywhere on the page. */
export function useReplayKeys(player: Player): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = replayAction(event);
      if (!action) return;
      event.preventDefault();
      if (action.do === "toggle") player.toggle();
      else if (action.do === "pause") player.pause();
      else if (action.do === "seek") player.seek(player.t + action.by_ms);
      else if (action.do === "faster") player.play(fasterThan(player.rate, player.playing));
      else player.seek(action.do === "start" ? 0 : Infinity);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [player]);
}

export function ReportView({ session, report }: { session: Session; report: Report }) {
  const player = useMemo(() => new Player(report.duration_ms), [report.duration_ms]);
  const recording = useRecording(session.id);
  const tracks = useTracks(session.id);
  const [answer, setAnswer] = useState<number | null>(null);
  const [lit, setLit] = useState<Lit | null>(null);
  const [pinned, setPinned] = useState<Lit | null>(null);
  useReplayKeys(player);

  const shown = (answer === null ? null : report.answers[answer]) ?? report.overall;
  const rows = useMemo(() => lanes(report, tracks), [report, tracks]);
  const window_ = useMemo(
    () => (answer === null ? { min: 0, max: report.duration_ms } : { min: shown.start, max: shown.end }),
    [answer, shown, report.duration_ms],
  );

  const choose = (next: number | null) => {
    setAnswer(next);
    setPinned(null);
    setLit(null);
    player.seek(next === null ? 0 : (report.answers[next]?.start ?? 0));
  };

  const only = report.answers.length === 1 ? report.answers[0] : undefined;
  const title = only?.question ?? session.questions[0]?.text ?? "Your session";
  return (
    <Frame title="Report" wide>
      <div data-testid="report" data-session={session.id}>
        <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
          <div className="min-w-0 flex-1 basis-80">
            <h1 className="text-2xl font-semibold">
              {report.answers.length > 1 ? `A round of ${report.answers.length} answers` : title}
            </h1>
            <p className="tabular mt-1.5 text-sm text-ink-2">
              {when(session.started_us ?? session.created_us)} · {clock(report.duration_ms)} ·{" "}
              {evidence(report.coverage)}
            </p>
          </div>
          <div className="flex gap-1">
            <GoldStar session={session} labelled />
            <DeleteSession session={session} />
          </div>
        </div>

        {report.answers.length > 1 && <AnswerTabs report={report} current={answer} onChoose={choose} />}

        <Words words={wordsOf(shown.words, null)} />
        <div
          {...(report.answers.length > 1
            ? { role: "tabpanel", id: "answer-panel", "aria-label": shown.question ?? "All answers" }
            : {})}
          className="mt-6 grid items-start gap-6 lg:grid-cols-[minmax(0,1.45fr)_minmax(22rem,1fr)] lg:gap-8"
        >
          <div className="lg:sticky lg:top-4">
            <Replay player={player} report={report} recording={recording} tracks={tracks} />
          </div>
          <ScoreCards
            key={answer ?? "all"}
            scores={shown.scores}
            words={shown.words}
            lit={pinned ?? lit}
            onLight={setLit}
            onPin={(next) =>
              setPinned((before) =>
                before && next && before.metric === next.metric && before.score === next.score ? null : next,
              )
            }
            onSeek={(t) => {
              player.seek(t);
            }}
          />
        </div>

        <Lanes rows={rows} player={player} duration={report.duration_ms} window={window_} lit={pinned ?? lit} />
      </div>
    </Frame>
  );
}
