// The lanes: one time axis, one playhead, one hover line over all of them.
import { Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useRef, useState, type PointerEvent } from "react";
import { clock } from "../../live/timer";
import type { Lane } from "../../replay/lanes";
import type { Player } from "../../replay/player";
import { ticks, zoom, type Range } from "../../replay/scale";
import { hue } from "../../ui/score";
import { LaneRow } from "./lane-row";
import type { Lit } from "./report";

interface Props {
  rows: Lane[];
  player: Player;
  duration: number;
  window: Range;
  lit: Lit | null;
}

interface Plot {
  left: number;
  width: number;
}

export function Lanes({ rows, player, duration, window: given, lit }: Props) {
  const [view, setView] = useState<Range>(given);
  const [plot, setPlot] = useState<Plot>({ left: 0, width: 0 });
  const [hover, setHover] = useState<number | null>(null);
  const field = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const dragging = useRef(false);

  useEffect(() => setView(given), [given]);

  // All rows share the column of the first: its place is measured once per size.
  useEffect(() => {
    const element = field.current;
    const first = element?.querySelector<HTMLElement>("[data-plot]");
    if (!element || !first) return;
    const measure = () => {
      const outer = element.getBoundingClientRect();
      const inner = first.getBoundingClientRect();
      setPlot({ left: inner.left - outer.left, width: inner.width });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const span = Math.max(1, view.max - view.min);
  const x = (t: number) => ((t - view.min) / span) * plot.width;

  // The playhead moves by itself, at every frame, without React.
  useEffect(
    () =>
      player.subscribe((t) => {
        const line = head.current;
        if (!line) return;
        const at = ((t - view.min) / Math.max(1, view.max - view.min)) * plot.width;
        line.style.transform = `translateX(${at}px)`;
        line.style.visibility = at < 0 || at > plot.width ? "hidden" : "visible";
      }),
    [player, view, plot],
  );

  const timeAt = (event: PointerEvent) => {
    const outer = field.current?.getBoundingClientRect();
    if (!outer || plot.width === 0) return null;
    const share = (event.clientX - outer.left - plot.left) / plot.width;
    return share < -0.01 || share > 1.01 ? null : view.min + Math.min(1, Math.max(0, share)) * span;
  };

  // Ctrl and wheel, or a pinch on a touchpad, zoom; a plain wheel scrolls the page.
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const outer = element.getBoundingClientRect();
      setView((now) => {
        const at = now.min + ((event.clientX - outer.left - plot.left) / Math.max(1, plot.width)) * (now.max - now.min);
        return zoom(now, at, event.deltaY > 0 ? 1.25 : 0.8, duration);
      });
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [plot, duration]);

  const closer = (factor: number) =>
    setView((now) => zoom(now, Math.min(now.max, Math.max(now.min, player.t)), factor, duration));
  const marks = ticks(view, Math.max(2, Math.floor(plot.width / 90)));
  const tool = "grid size-11 place-items-center rounded-xl text-ink-2 hover:bg-sunken hover:text-ink";

  return (
    <section aria-label="Lanes over time" data-testid="lanes" className="mt-10">
      <div className="flex items-center justify-between">
        <h2 className="text-lg font-semibold">Over time</h2>
        <div className="flex">
          <button type="button" className={tool} aria-label="Look closer" onClick={() => closer(0.5)}>
            <ZoomIn size={18} aria-hidden="true" />
          </button>
          <button type="button" className={tool} aria-label="Step back" onClick={() => closer(2)}>
            <ZoomOut size={18} aria-hidden="true" />
          </button>
          <button
            type="button"
            className={tool}
            aria-label="Show all of it"
            onClick={() => setView({ min: 0, max: duration })}
          >
            <Maximize2 size={17} aria-hidden="true" />
          </button>
        </div>
      </div>
      {}
      <div
        ref={field}
        className="relative mt-2 touch-pan-y select-none rounded-3xl border border-line bg-surface px-4 py-2 sm:px-6"
        onPointerMove={(event) => {
          const t = timeAt(event);
          setHover(t);
          if (dragging.current && t !== null) player.seek(t);
        }}
        onPointerLeave={() => setHover(null)}
        onPointerDown={(event) => {
          const t = timeAt(event);
          if (t === null || event.button !== 0) return;
          dragging.current = true;
          player.seek(t);
        }}
        onPointerUp={() => (dragging.current = false)}
        onPointerCancel={() => (dragging.current = false)}
      >
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
        {rows.map((lane) => (
          <LaneRow key={lane.key ?? lane.id} lane={lane} view={view} width={plot.width} hover={hover} player={player} />
        ))}
        <div className="h-9" />
        <div
          className="pointer-events-none absolute bottom-2 h-6"
          style={{ left: plot.left, width: plot.width }}
          aria-hidden="true"
        >
          {marks.map((t) => (
            <span
              key={t}
              className={`tabular absolute text-xs text-ink-3 ${x(t) < 14 ? "" : x(t) > plot.width - 14 ? "-translate-x-full" : "-translate-x-1/2"}`}
              style={{ left: x(t) }}
            >
              {clock(t)}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}
