// The shared time axis of the lanes: what is in view, where it lies on the page, and how it is zoomed and pointed at.
import { useEffect, useRef, useState, type PointerEvent, type RefObject } from "react";
import type { Player } from "../../replay/player";
import { zoom, type Range } from "../../replay/scale";

interface Plot {
  left: number;
  width: number;
}

/** The column that all rows share: its place is measured once per size. */
function usePlot(field: RefObject<HTMLDivElement | null>): Plot {
  const [plot, setPlot] = useState<Plot>({ left: 0, width: 0 });
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
  }, [field]);
  return plot;
}

export interface LaneView {
  field: RefObject<HTMLDivElement | null>;
  /** The line of the playhead: it moves by itself, at every frame, without React. */
  head: RefObject<HTMLDivElement | null>;
  view: Range;
  plot: Plot;
  hover: number | null;
  /** Pixels from the left of the plot. */
  x: (t: number) => number;
  closer: (factor: number) => void;
  all: () => void;
  pointer: {
    onPointerMove: (event: PointerEvent) => void;
    onPointerLeave: () => void;
    onPointerDown: (event: PointerEvent) => void;
    onPointerUp: () => void;
    onPointerCancel: () => void;
  };
}

export function useLaneView(player: Player, duration: number, given: Range): LaneView {
  const field = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const dragging = useRef(false);
  const [view, setView] = useState<Range>(given);
  const [hover, setHover] = useState<number | null>(null);
  const plot = usePlot(field);
  useEffect(() => setView(given), [given]);

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

  // Ctrl and wheel, or a pinch on a touchpad, zoom; a plain wheel scrolls the page.
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const outer = element.getBoundingClientRect();
      setView((now) => {
        const share = (event.clientX - outer.left - plot.left) / Math.max(1, plot.width);
        return zoom(now, now.min + share * (now.max - now.min), event.deltaY > 0 ? 1.25 : 0.8, duration);
      });
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [plot, duration]);

  const span = Math.max(1, view.max - view.min);
  const timeAt = (event: PointerEvent) => {
    const outer = field.current?.getBoundingClientRect();
    if (!outer || plot.width === 0) return null;
    const share = (event.clientX - outer.left - plot.left) / plot.width;
    return share < -0.01 || share > 1.01 ? null : view.min + Math.min(1, Math.max(0, share)) * span;
  };
  return {
    field,
    head,
    view,
    plot,
    hover,
    x: (t) => ((t - view.min) / span) * plot.width,
    closer: (factor) => setView((now) => zoom(now, Math.min(now.max, Math.max(now.min, player.t)), factor, duration)),
    all: () => setView({ min: 0, max: duration }),
    pointer: {
      onPointerMove: (event) => {
        const t = timeAt(event);
        setHover(t);
        if (dragging.current && t !== null) player.seek(t);
      },
      onPointerLeave: () => setHover(null),
      onPointerDown: (event) => {
        const t = timeAt(event);
        if (t === null || event.button !== 0) return;
        dragging.current = true;
        player.seek(t);
      },
      onPointerUp: () => (dragging.current = false),
      onPointerCancel: () => (dragging.current = false),
    },
  };
}
