// Compare: two replays on one clock, the gaps between their lanes, and the three largest differences in words.
import { useMemo, useState } from "react";
import { useSearch } from "wouter";
import { useComparison, useRecording, useReport, useSession } from "../../api/queries";
import type { Report, Session } from "../../api/types";
import { clock } from "../../live/timer";
import { compareLanes, firstPair, lengthOf, type Side } from "../../replay/compare";
import { Player } from "../../replay/player";
import { when } from "../../replay/words";
import { ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { Lanes } from "../report/lanes";
import { useReplayKeys } from "../report/use-replay-keys";
import { Differences } from "./differences";
import { Transport } from "./transport";
import { Video } from "./video";

export default function Compare() {
  const search = new URLSearchParams(useSearch());
  const [a, b] = [search.get("a") ?? "", search.get("b") ?? ""];
  if (a === "" || b === "" || a === b) {
    return (
      <Frame title="Compare">
        <Empty title="Two sessions are needed" action={<ButtonLink to="/history">To the history</ButtonLink>}>
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
        <Failure error={failed.error} retry={() => [...sessions, ...reports].forEach((x) => void x.refetch())} />
      ) : mine && other && left && right ? (
        <Pair sessions={[left, right]} reports={[mine, other]} />
      ) : (
        <Loading what="both sessions" rows={3} />
      )}
    </Frame>
  );
}

function nameOf(session: Session): string {
  return session.gold ? "Reference" : when(session.started_us ?? session.created_us);
}

interface PairProps {
  sessions: [Session, Session];
  reports: [Report, Report];
}

function Pair({ sessions, reports }: PairProps) {
  const [pair, setPair] = useState(() => firstPair(reports[0], reports[1]));
  const side = (i: 0 | 1): Side => ({ report: reports[i], answer: reports[i].answers[pair[i]] ?? reports[i].overall });
  const a = side(0);
  const b = side(1);
  const recordings = [useRecording(sessions[0].id), useRecording(sessions[1].id)] as const;
  // The longer answer leads the clock, so that both can be seen to their end.
  const leader: 0 | 1 = lengthOf(a) >= lengthOf(b) ? 0 : 1;
  const duration = Math.max(lengthOf(a), lengthOf(b), 1);
  const origin = (leader === 0 ? a : b).answer.start;
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
    useMemo(() => ({ duration }), [duration]),
  );

  return (
    <div data-testid="compare-page">
      <h1 className="text-2xl font-semibold">Side by side</h1>
      <div className="mt-6 grid gap-6 md:grid-cols-2">
        {([0, 1] as const).map((i) => (
          <section key={i} aria-label={i === 0 ? "Session A" : "Session B"}>
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
              start={(i === 0 ? a : b).answer.start}
              end={(i === 0 ? a : b).answer.end}
              label={i === 0 ? "Recording A" : "Recording B"}
            />
          </section>
        ))}
      </div>
      <Transport player={player} duration={duration} />
      <Differences a={answerA} b={answerB} comparison={comparison} />
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
  const letter = side === 0 ? "A" : "B";
  return (
    <div className="mb-3">
      <p className="flex items-center gap-2 text-sm">
        <span
          aria-hidden="true"
          className="grid size-6 place-items-center rounded-full text-xs font-semibold text-surface"
          style={{ background: `var(--lane-${side + 1})` }}
        >
          {letter}
        </span>
        <span className="font-medium">{nameOf(session)}</span>
      </p>
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
    </div>
  );
}
