// Compare: what differs in a sentence, two replays on one clock beside the table of differences, and the gaps between their curves.
import { ArrowLeftRight, RotateCcw } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { useComparison, useRecording, useReport, useSession } from "../../api/queries";
import type { Report, ReportAnswer, Session } from "../../api/types";
import { clock } from "../../live/timer";
import { compareLanes, firstPair, lengthOf, type Side } from "../../replay/compare";
import { Player } from "../../replay/player";
import { when } from "../../replay/words";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { Lanes } from "../report/lanes";
import { useReplayKeys } from "../report/use-replay-keys";
import { toSearch } from "../home/choice";
import { Badge } from "./badge";
import { Differences, VerdictLine } from "./differences";
import { Transport } from "./transport";
import { Video } from "./video";

export default function Compare() {
  const search = new URLSearchParams(useSearch());
  const [a, b] = [search.get("a") ?? "", search.get("b") ?? ""];
  if (a === "" || b === "" || a === b) {
    return (
      <Frame title="Compare">
        <Empty page title="Two sessions are needed" action={<ButtonLink to="/history">To the history</ButtonLink>}>
          Tick two rows in the history to put them beside each other.
        </Empty>
      </Frame>
    );
  }
  return <Fetch key={`${a}${b}`} a={a} b={b} />;
}

function Fetch({ a, b }: { a: string; b: string }) {
  const sessions = [useSession(a), useSession(b)] as const;
  const reports = [useReport(a), useReport(b)] as const;
  const failed = [...sessions, ...reports].find((x) => x.isError);
  const [mine, other] = [reports[0].data, reports[1].data];
  const [left, right] = [sessions[0].data, sessions[1].data];
  return (
    <Frame title="Compare" wide>
      {failed ? (
        <Failure page error={failed.error} retry={() => [...sessions, ...reports].forEach((x) => void x.refetch())} />
      ) : mine && other && left && right ? (
        <Pair sessions={[left, right]} reports={[mine, other]} />
      ) : (
        <Loading page what="both sessions" rows={3} />
      )}
    </Frame>
  );
}

const LETTERS = ["A", "B"] as const;

function nameOf(session: Session): string {
  return session.gold ? "Reference" : when(session.started_us ?? session.created_us);
}

/** Whose sound is heard: the keys A and B choose it, M mutes it. */
function useSound() {
  const [sound, setSound] = useState<0 | 1>(0);
  const [muted, setMuted] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest("input, select, textarea, dialog")) return;
      const at = ["a", "b"].indexOf(event.key.toLowerCase());
      if (at === 0 || at === 1) setSound(at);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return { sound, setSound, muted, toggleMute: useCallback(() => setMuted((now) => !now), []) };
}

interface PairProps {
  sessions: [Session, Session];
  reports: [Report, Report];
}

/** The question that both answer, what kind of comparison it is, and what can be done. */
function Top({ sessions, question }: { sessions: [Session, Session]; question: ReportAnswer }) {
  const [, go] = useLocation();
  const [a, b] = sessions;
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-80">
        <p className="text-sm text-ink-2">{a.gold || b.gold ? "Compare with your reference" : "Compare"}</p>
        <h1 className="text-2xl font-semibold">{question.question ?? "Two answers side by side"}</h1>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button data-testid="swap" onClick={() => go(`/compare?a=${b.id}&b=${a.id}`, { replace: true })}>
          <ArrowLeftRight size={16} aria-hidden="true" />
          Swap A and B
        </Button>
        {question.question_id && (
          <ButtonLink to={`/check?${toSearch([question.question_id])}`} look="primary" data-testid="answer-again">
            <RotateCcw size={16} aria-hidden="true" />
            Answer again
          </ButtonLink>
        )}
      </div>
    </div>
  );
}

function Pair({ sessions, reports }: PairProps) {
  const [pair, setPair] = useState(() => firstPair(reports[0], reports[1]));
  const { sound, setSound, muted, toggleMute } = useSound();
  const side = (i: 0 | 1): Side => ({ report: reports[i], answer: reports[i].answers[pair[i]] ?? reports[i].overall });
  const sides = [side(0), side(1)] as const;
  const [a, b] = sides;
  const recordings = [useRecording(sessions[0].id), useRecording(sessions[1].id)] as const;
  // The longer answer leads the clock, so that both can be seen to their end.
  const leader: 0 | 1 = lengthOf(a) >= lengthOf(b) ? 0 : 1;
  const duration = Math.max(lengthOf(a), lengthOf(b), 1);
  const origin = sides[leader].answer.start;
  const player = useMemo(() => new Player(duration, origin), [duration, origin]);
  const { answer: answerA } = a;
  const { answer: answerB } = b;
  const rows = useMemo(
    () => compareLanes({ report: reports[0], answer: answerA }, { report: reports[1], answer: answerB }),
    [reports, answerA, answerB],
  );
  const window_ = useMemo(() => ({ min: 0, max: duration }), [duration]);
  const comparison = useComparison(sessions[0].id, pair[0], sessions[1].id, pair[1]);
  useReplayKeys(
    player,
    useMemo(() => ({ duration, mute: toggleMute }), [duration, toggleMute]),
  );

  return (
    <div data-testid="compare-page">
      <Top sessions={sessions} question={answerA} />
      <VerdictLine a={answerA} b={answerB} comparison={comparison} />
      <div className="mt-5 grid items-start gap-6 xl:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
        <div>
          <div className="grid grid-cols-2 gap-3 sm:gap-6">
            {([0, 1] as const).map((i) => (
              <section key={i} aria-label={`Session ${LETTERS[i]}`}>
                <Picker
                  side={i}
                  session={sessions[i]}
                  report={reports[i]}
                  current={pair[i]}
                  onPick={(at) => setPair((now) => (i === 0 ? [at, now[1]] : [now[0], at]))}
                />
                <Video
                  recording={recordings[i]}
                  player={player}
                  leads={leader === i}
                  heard={sound === i && !muted}
                  start={sides[i].answer.start}
                  end={sides[i].answer.end}
                  letter={LETTERS[i]}
                />
              </section>
            ))}
          </div>
          <Transport player={player} duration={duration} sound={sound} onSound={setSound} />
        </div>
        <Differences a={answerA} b={answerB} comparison={comparison} />
      </div>
      <Lanes rows={rows} player={player} duration={duration} window={window_} lit={null} />
    </div>
  );
}

interface PickerProps {
  side: 0 | 1;
  session: Session;
  report: Report;
  current: number;
  onPick: (answer: number) => void;
}

function Picker({ side, session, report, current, onPick }: PickerProps) {
  const letter = LETTERS[side];
  const answer = report.answers[current] ?? report.overall;
  return (
    <div className="mb-3">
      <p className="flex items-center gap-2.5">
        <Badge letter={letter} />
        <span className="min-w-0">
          <Link href={`/sessions/${session.id}`} className="font-medium hover:text-accent">
            {nameOf(session)}
          </Link>
          <span className="tabular block text-sm text-ink-2">
            {session.gold && `${when(session.started_us ?? session.created_us)} · `}
            {clock(answer.end - answer.start)}
          </span>
        </span>
      </p>
      {report.answers.length > 1 && (
        <select
          aria-label={`Answer of session ${letter}`}
          value={current}
          onChange={(event) => onPick(Number(event.target.value))}
          className="mt-2 h-11 w-full truncate rounded-xl border border-line bg-surface px-3 text-sm"
        >
          {report.answers.map((answer, i) => (
            <option key={answer.start} value={i}>
              {answer.question ?? `Answer ${i + 1}`} ({clock(answer.end - answer.start)})
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
