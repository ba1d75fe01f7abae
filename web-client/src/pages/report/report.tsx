// The report: what went well and what to try next, the replay with the scores beside it, curves below; one playhead for all.
import { useCallback, useEffect, useMemo, useState } from "react";
import { useSearch } from "wouter";
import { useRecording } from "../../api/queries";
import type { Moment, Report, ReportAnswer, ScoreName, Session } from "../../api/types";
import { advices } from "../../replay/advice";
import { lanes } from "../../replay/lanes";
import { Player } from "../../replay/player";
import { linesOf } from "../../replay/transcript";
import { day, when } from "../../replay/words";
import { clock } from "../../live/timer";
import { Comments, useComments } from "../../comments/comments";
import { ofSession } from "../../comments/source";
import { places } from "../../comments/threads";
import { Frame } from "../../ui/frame";
import { AnswerTabs } from "./answer-tabs";
import { EndingNote } from "./ending-note";
import { Everything } from "./everything";
import { Head } from "./head";
import { Lanes } from "./lanes";
import { Noticed } from "./noticed";
import { Notices } from "./notices";
import { Replay } from "./replay";
import { ReportActions } from "./report-actions";
import { ScoreCards } from "./score-cards";
import type { Mark } from "./scrubber";
import { Transcript } from "./transcript";
import { useCorrections } from "./use-corrections";
import { TurnTaking } from "./turns";
import { useTracks } from "./use-tracks";

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

/** Where something is on the scrubber. */
export function marksOf(report: Report, shown: ReportAnswer): Mark[] {
  const { well, next } = advices(report, shown);
  const at = (kind: Mark["kind"]) => (x: { span: { start: number } | null }) =>
    x.span ? [{ t: x.span.start, kind }] : [];
  return [
    ...well.flatMap(at("well")),
    ...(next ? at("next")(next) : []),
    ...report.hints.map((hint) => ({ t: hint.t, kind: "hint" as const })),
    ...report.answers.slice(1).map((answer) => ({ t: answer.start, kind: "answer" as const })),
  ];
}

/** Which answer is looked at, and which moments are shown in the curves. */
function useShown(report: Report, player: Player) {
  const [answer, setAnswer] = useState<number | null>(null);
  const [lit, setLit] = useState<Lit | null>(null);
  const [pinned, setPinned] = useState<Lit | null>(null);
  const shown = (answer === null ? null : report.answers[answer]) ?? report.overall;
  const choose = (next: number | null) => {
    setAnswer(next);
    setPinned(null);
    setLit(null);
    player.seek(next === null ? 0 : (report.answers[next]?.start ?? 0));
  };
  const pin = (next: Lit) =>
    setPinned((before) => (before && before.metric === next.metric && before.score === next.score ? null : next));
  return { answer, shown, choose, lit: pinned ?? lit, setLit, pin };
}

/** A link may name the place in the replay, in milliseconds: "?at=61000". */
function useStart(player: Player) {
  const at = Number(new URLSearchParams(useSearch()).get("at") ?? Number.NaN);
  useEffect(() => {
    if (Number.isFinite(at) && at > 0) player.seek(at);
  }, [player, at]);
}

/** Where something is, and what others say about it. */
function useMarks(session: Session, report: Report, shown: ReportAnswer) {
  const source = useMemo(() => ofSession(session.id, session.own), [session.id, session.own]);
  const comments = useComments(source).data?.comments;
  const marks = useMemo(
    () => [...marksOf(report, shown), ...places(comments ?? []).map((t) => ({ t, kind: "comment" as const }))],
    [report, shown, comments],
  );
  return { source, marks };
}

/** What was said, with what its owner corrected. */
function useLines(session: Session, report: Report, shown: ReportAnswer) {
  const correcting = useCorrections(session.id, session.own);
  const corrections = correcting?.corrections;
  const lines = useMemo(() => linesOf(report, shown.start, shown.end, corrections), [report, shown, corrections]);
  return { lines, correcting };
}

/** The stretch of the recording that the curves show. */
const useView = (answer: number | null, { start, end }: ReportAnswer, duration: number) =>
  useMemo(
    () => (answer === null ? { min: 0, max: duration } : { min: start, max: end }),
    [answer, start, end, duration],
  );

function titleOf(session: Session, report: Report): string {
  if (report.answers.length > 1) return `A round of ${report.answers.length} answers`;
  return report.answers[0]?.question ?? session.questions[0]?.text ?? "Your session";
}

/** Whose answer, when, and what there was to go by. */
function Top({ session, report, title }: { session: Session; report: Report; title: string }) {
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-80">
        <h1 className="text-2xl font-semibold">{title}</h1>
        <p className="tabular mt-1.5 text-sm text-ink-2">
          {when(session.started_us ?? session.created_us)} · {clock(report.duration_ms)} · {evidence(report.coverage)}
        </p>
      </div>
      <ReportActions session={session} />
    </div>
  );
}

export function ReportView({ session, report }: { session: Session; report: Report }) {
  const player = useMemo(() => new Player(report.duration_ms), [report.duration_ms]);
  useStart(player);
  const recording = useRecording(session.id);
  const tracks = useTracks(session.id);
  const { answer, shown, choose, lit, setLit, pin } = useShown(report, player);
  const [playing, setPlaying] = useState("");

  const rows = useMemo(() => lanes(report, tracks), [report, tracks]);
  const { lines, correcting } = useLines(session, report, shown);
  const { source, marks } = useMarks(session, report, shown);
  const view = useView(answer, shown, report.duration_ms);
  const play = useCallback(
    (start: number, end: number) => setPlaying(`Playing from ${clock(player.playMoment(start, end))}`),
    [player],
  );

  const round = report.answers.length > 1;
  const title = titleOf(session, report);
  return (
    <Frame title={`${title}, ${day(session.started_us ?? session.created_us)}`} wide>
      <div data-testid="report" data-session={session.id}>
        <EndingNote session={session.id} />
        <Top session={session} report={report} title={title} />
        <Notices texts={report.notices ?? []} />
        {round && <AnswerTabs report={report} current={answer} onChoose={choose} />}
        <p role="status" className="sr-only">
          {playing}
        </p>
        <div
          {...(round ? { role: "tabpanel", id: "answer-panel", "aria-label": shown.question ?? "All answers" } : {})}
        >
          <Head report={report} shown={shown} onPlay={play} />
          <div
            className={`mt-6 grid items-start gap-6 print:block ${
              lines.length > 0
                ? "lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)] xl:grid-cols-[minmax(0,1.25fr)_minmax(0,1.2fr)_20rem]"
                : "lg:grid-cols-[minmax(0,1.5fr)_minmax(22rem,1fr)] lg:gap-8"
            }`}
          >
            <div className={lines.length > 0 ? "" : "lg:sticky lg:top-4"}>
              <Replay player={player} report={report} recording={recording} tracks={tracks} marks={marks} />
            </div>
            {lines.length > 0 && (
              <div className="grid max-h-[min(38rem,80vh)] print:max-h-none">
                <Transcript
                  lines={lines}
                  player={player}
                  outline={shown.outline?.parts ?? []}
                  correcting={correcting}
                />
              </div>
            )}
            <ScoreCards
              key={answer ?? "all"}
              scores={shown.scores}
              words={shown.words}
              lit={lit}
              onLight={setLit}
              onPin={pin}
              onPlay={play}
            />
          </div>
          <Lanes
            rows={rows}
            player={player}
            duration={report.duration_ms}
            window={view}
            lit={lit}
            answers={report.answers}
          />
          {report.turns && <TurnTaking turns={report.turns} duration={report.duration_ms} onPlay={play} />}
          <Noticed session={session.id} answer={answer} onPlay={play} />
          <div className="mt-8 max-w-3xl">
            <Comments source={source} player={player} />
          </div>
          <Everything report={report} shown={shown} />
        </div>
      </div>
    </Frame>
  );
}
