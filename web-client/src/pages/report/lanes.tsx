// The lanes: one time axis, one playhead, one hover line over all of them.
import { Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import type { ReportAnswer } from "../../api/types";
import { clock } from "../../live/timer";
import type { Lane } from "../../replay/lanes";
import type { Player } from "../../replay/player";
import { ticks, type Range } from "../../replay/scale";
import { hue } from "../../ui/score";
import { LaneRow } from "./lane-row";
import type { Lit } from "./report";
import { useLaneView, type LaneView } from "./use-lane-view";

interface Props {
  rows: Lane[];
  player: Player;
  duration: number;
  window: Range;
  lit: Lit | null;
  /** Named along the top, where there are several. */
  answers?: readonly ReportAnswer[];
}

function Tools({ view }: { view: LaneView }) {
  const tool = "grid size-11 place-items-center rounded-xl text-ink-2 hover:bg-sunken hover:text-ink";
  return (
    <div className="flex print:hidden">
      <button type="button" className={tool} aria-label="Look closer" onClick={() => view.closer(0.5)}>
        <ZoomIn size={18} aria-hidden="true" />
      </button>
      <button type="button" className={tool} aria-label="Step back" onClick={() => view.closer(2)}>
        <ZoomOut size={18} aria-hidden="true" />
      </button>
      <button type="button" className={tool} aria-label="Show all of it" onClick={view.all}>
        <Maximize2 size={17} aria-hidden="true" />
      </button>
    </div>
  );
}

/** What lies over all rows: moments, the hover line, the playhead. */
function Over({ lane, lit }: { lane: LaneView; lit: Lit | null }) {
  const { plot, hover, x, head } = lane;
  return (
    <div
      className="pointer-events-none absolute bottom-9 top-0 z-10 overflow-hidden"
      style={{ left: plot.left, width: plot.width }}
      aria-hidden="true"
    >
      {lit?.moments.map((moment) => (
        <div
          key={`${moment.start}-${moment.end}-${moment.why}`}
          data-testid="lit-moment"
          className="absolute inset-y-0 border-x"
          style={{
            left: x(moment.start),
            width: Math.max(3, x(moment.end) - x(moment.start)),
            borderColor: hue(lit.score),
            background: `color-mix(in srgb, ${hue(lit.score)} 18%, transparent)`,
          }}
        />
      ))}
      {hover !== null && <div className="absolute inset-y-0 w-px bg-line-strong" style={{ left: x(hover) }} />}
      <div ref={head} className="absolute inset-y-0 -ml-px w-0.5 bg-accent" data-testid="lane-playhead" />
    </div>
  );
}

function Axis({ lane }: { lane: LaneView }) {
  const { plot, view, x } = lane;
  const marks = ticks(view, Math.max(2, Math.floor(plot.width / 90)));
  const place = (at: number) => (at < 14 ? "" : at > plot.width - 14 ? "-translate-x-full" : "-translate-x-1/2");
  return (
    <div
      className="pointer-events-none absolute bottom-2 h-6"
      style={{ left: plot.left, width: plot.width }}
      aria-hidden="true"
    >
      {marks.map((t) => (
        <span key={t} className={`tabular absolute text-xs text-ink-3 ${place(x(t))}`} style={{ left: x(t) }}>
          {clock(t)}
        </span>
      ))}
    </div>
  );
}

function Answers({ lane, answers }: { lane: LaneView; answers: readonly ReportAnswer[] }) {
  const { plot, view, x } = lane;
  return (
    <div
      className="relative h-7 overflow-hidden"
      style={{ marginLeft: plot.left, width: plot.width }}
      aria-hidden="true"
    >
      {answers.map((answer, i) => {
        const from = Math.max(0, x(answer.start));
        const to = Math.min(plot.width, x(answer.end));
        if (to - from < 24 || answer.end < view.min) return null;
        return (
          <span
            key={answer.start}
            className="absolute truncate border-l border-line-strong pl-1.5 pt-1 text-xs text-ink-2"
            style={{ left: from, width: to - from }}
          >
            {i + 1} {answer.question}
          </span>
        );
      })}
    </div>
  );
}

export function Lanes({ rows, player, duration, window: given, lit, answers = [] }: Props) {
  const lane = useLaneView(player, duration, given);
  const { view, plot, hover } = lane;
  return (
    <section id="lanes" aria-label="Curves over time" data-testid="lanes" className="mt-10 scroll-mt-4">
      <div className="flex items-center justify-between">
        <h2 className="text-lg font-semibold">Over time</h2>
        <Tools view={lane} />
      </div>
      <div
        ref={lane.field}
        className="relative mt-2 touch-pan-y select-none rounded-3xl border border-line bg-surface py-2"
        {...lane.pointer}
      >
        <Over lane={lane} lit={lit} />
        {answers.length > 1 && <Answers lane={lane} answers={answers} />}
        {rows.map((row) => (
          <LaneRow key={row.key ?? row.id} lane={row} view={view} width={plot.width} hover={hover} player={player} />
        ))}
        <div className="h-9" />
        <Axis lane={lane} />
      </div>
    </section>
  );
}
