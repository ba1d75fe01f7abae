// The head of a report: what went well, one thing to try next, and where everything else is.
import { CircleCheck, Layers, Play, RotateCcw, Target } from "lucide-react";
import type { ReactNode } from "react";
import type { Report, ReportAnswer } from "../../api/types";
import { clock } from "../../live/timer";
import { advices, type Advice } from "../../replay/advice";
import { Button, ButtonLink } from "../../ui/button";
import { toSearch } from "../home/choice";

interface Props {
  report: Report;
  shown: ReportAnswer;
  onPlay: (start: number, end: number) => void;
}

function Block(props: { id: string; icon: ReactNode; title: string; children: ReactNode; className?: string }) {
  return (
    <section
      aria-labelledby={props.id}
      data-testid={props.id}
      className={`border-line px-5 py-5 max-lg:border-b max-lg:last:border-b-0 lg:border-r lg:px-6 lg:last:border-r-0 ${props.className ?? ""}`}
    >
      <h2 id={props.id} className="mb-3 flex items-center gap-2 text-sm font-semibold">
        {props.icon}
        {props.title}
      </h2>
      {props.children}
    </section>
  );
}

/** A sentence that plays its moment, where it has one. */
function Sentence({ advice, onPlay }: { advice: Advice; onPlay: Props["onPlay"] }) {
  const { text, span } = advice;
  if (!span) return <p className="pl-7">{text}</p>;
  return (
    <button
      type="button"
      data-testid="advice-moment"
      onClick={() => onPlay(span.start, span.end)}
      className="group grid w-full grid-cols-[1.75rem_minmax(0,1fr)] rounded-lg text-left hover:text-accent"
    >
      <Play size={14} fill="currentColor" aria-hidden="true" className="mt-1.5 text-accent" />
      <span>
        {text} <span className="tabular whitespace-nowrap text-xs text-ink-2">{clock(span.start)}</span>
      </span>
    </button>
  );
}

const seconds = ({ start, end }: { start: number; end: number }) => Math.max(1, Math.round((end - start) / 1000));

function Next({ next, report, onPlay }: { next: Advice; report: Report; onPlay: Props["onPlay"] }) {
  const { span } = next;
  const answer = next.answer === null ? undefined : report.answers[next.answer];
  const again = answer ?? (report.answers.length === 1 ? report.answers[0] : undefined);
  const name = report.answers.length > 1 && next.answer !== null ? `Answer ${next.answer + 1} again` : "Answer again";
  return (
    <>
      <p className="text-lg font-medium leading-snug text-pretty">{next.text}</p>
      <div className="mt-4 flex flex-wrap gap-2 print:hidden">
        {span && (
          <Button look="primary" data-testid="play-worst" onClick={() => onPlay(span.start, span.end)}>
            <Play size={16} fill="currentColor" aria-hidden="true" />
            {seconds(span) === 1 ? "Play this second" : `Play these ${seconds(span)} seconds`}
          </Button>
        )}
        {again?.question_id && (
          <ButtonLink
            to={`/check?${toSearch([again.question_id])}`}
            look={span ? "plain" : "primary"}
            data-testid="answer-again"
          >
            <RotateCcw size={16} aria-hidden="true" />
            {name}
          </ButtonLink>
        )}
      </div>
    </>
  );
}

function counted(n: number, one: string, many: string): string {
  return n === 1 ? `1 ${one}` : `${n} ${many}`;
}

function Links({ report, shown }: { report: Report; shown: ReportAnswer }) {
  const known = Object.values(shown.scores).filter((score) => score.value !== null).length;
  const within = <T extends { t: number }>(x: T) => shown.start <= x.t && x.t < shown.end;
  const hints = report.hints.filter(within).length;
  const seen = Object.values(shown.metrics).filter((metric) => metric.value !== null).length;
  const link = "inline-flex min-h-7 items-center text-sm font-medium text-accent underline-offset-4 hover:underline";
  return (
    <ul>
      <li>
        <a href="#scores" className={link}>
          {known === 4 ? "4 scores, with their reasons" : `${known} of 4 scores, with their reasons`}
        </a>
      </li>
      <li>
        <a href="#lanes" className={link}>
          Curves over time
        </a>
      </li>
      {hints > 0 && (
        <li>
          <a href="#lanes" className={link}>
            {counted(hints, "hint was shown", "hints were shown")}
          </a>
        </li>
      )}
      {seen > 0 && (
        <li>
          <a href="#everything" className={link}>
            {counted(seen, "thing", "things")} seen and heard
          </a>
        </li>
      )}
    </ul>
  );
}

export function Head({ report, shown, onPlay }: Props) {
  const { well, next } = advices(report, shown);
  return (
    <div
      data-testid="words"
      className="mt-5 overflow-hidden rounded-3xl border border-line bg-surface lg:grid lg:auto-cols-fr lg:grid-flow-col"
    >
      {well.length > 0 && (
        <Block
          id="went-well"
          title="Went well"
          icon={<CircleCheck size={18} aria-hidden="true" className="text-good" />}
        >
          <ul className="grid gap-3">
            {well.map((advice) => (
              <li key={advice.text}>
                <Sentence advice={advice} onPlay={onPlay} />
              </li>
            ))}
          </ul>
        </Block>
      )}
      <Block id="try-next" title="Try next" icon={<Target size={18} aria-hidden="true" className="text-accent" />}>
        {next ? (
          <Next next={next} report={report} onPlay={onPlay} />
        ) : (
          <p className="text-ink-2">
            There is not enough to say what to change. A longer answer, with your face and voice clear, says more.
          </p>
        )}
      </Block>
      <Block
        id="everything-links"
        title="Everything"
        icon={<Layers size={18} aria-hidden="true" className="text-ink-2" />}
        className="print:hidden"
      >
        <Links report={report} shown={shown} />
      </Block>
    </div>
  );
}
