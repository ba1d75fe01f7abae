// A lane's canvas: curves by uPlot, bands and blocks drawn beneath them.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Lane } from "../../replay/lanes";
import type { Range } from "../../replay/scale";
import { colour } from "../../ui/theme";

const HEIGHT: Partial<Record<Lane["id"], number>> = { speech: 28, hints: 32 };
const CURVE_HEIGHT = 60;

/** Height of a lane's plot, pixels. */
export const laneHeight = (lane: Pick<Lane, "id">): number => HEIGHT[lane.id] ?? CURVE_HEIGHT;

function underlay(lane: Lane, colours: Map<string, string>) {
  const fill = (u: uPlot, token: string, t0: number, t1: number, top: number, bottom: number) => {
    const left = u.valToPos(t0, "x", true);
    const right = u.valToPos(t1, "x", true);
    u.ctx.fillStyle = colours.get(token) ?? "gray";
    u.ctx.fillRect(left, top, Math.max(devicePixelRatio, right - left), bottom - top);
  };
  return (u: uPlot) => {
    const { left, top, width, height } = u.bbox;
    const { ctx } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    if (lane.band) {
      ctx.fillStyle = colours.get("--lane-band") ?? "gray";
      const high = u.valToPos(lane.band.max, "y", true);
      ctx.fillRect(left, high, width, u.valToPos(lane.band.min, "y", true) - high);
    }
    const inset = lane.curves.length === 0 ? height * 0.22 : 0;
    for (const block of lane.blocks) {
      // A pause is thinner than speech: told apart by height as well as by colour.
      const extra = block.colour === "--lane-pause" ? height * 0.16 : 0;
      fill(u, block.colour, block.start, block.end, top + inset + extra, top + height - inset - extra);
    }
    if (lane.mark !== null) {
      const y = Math.round(u.valToPos(lane.mark, "y", true)) + 0.5;
      ctx.strokeStyle = colours.get("--line-strong") ?? "gray";
      ctx.globalAlpha = 0.55;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
    }
    ctx.restore();
    if (lane.points.length > 0) points(u, lane, colours);
  };
}

function points(u: uPlot, lane: Lane, colours: Map<string, string>) {
  const { left, top, width, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  ctx.font = `500 ${12 * devicePixelRatio}px Inter, system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  for (const [i, point] of lane.points.entries()) {
    const x = u.valToPos(point.t, "x", true);
    const following = lane.points[i + 1];
    const room = Math.min(
      left + width,
      following ? u.valToPos(following.t, "x", true) - 8 * devicePixelRatio : Infinity,
    );
    if (x < left - 1 || x > left + width) continue;
    ctx.fillStyle = colours.get("--accent") ?? "gray";
    ctx.beginPath();
    ctx.arc(x, top + height / 2, 4 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    const text = x + 9 * devicePixelRatio;
    // Words only where they have room; the dot is always there, the hover reads it.
    if (text + ctx.measureText(point.label).width > room) continue;
    ctx.fillStyle = colours.get("--ink-2") ?? "gray";
    ctx.fillText(point.label, text, top + height / 2);
  }
  ctx.restore();
}

export function LaneCanvas({ lane, view, width }: { lane: Lane; view: Range; width: number }) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ view, width });
  latest.current = { view, width };
  const height = laneHeight(lane);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const tokens = [
      "--lane-band",
      "--lane-gap",
      "--line-strong",
      "--accent",
      "--ink-2",
      ...lane.blocks.map((x) => x.colour),
      ...lane.curves.map((x) => x.colour),
    ];
    const colours = new Map([...new Set(tokens)].map((token) => [token, colour(token)]));
    const gap = colours.get("--lane-gap") ?? "gray";
    const times = lane.curves[0]?.times ?? [0];
    const made = new uPlot(
      {
        width: Math.max(10, latest.current.width),
        height,
        padding: [2, 0, 2, 0],
        cursor: { show: false },
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, auto: false, range: () => [latest.current.view.min, latest.current.view.max] },
          y: { auto: false, range: [lane.range.min, lane.range.max] },
        },
        series: [
          {},
          ...(lane.curves.length > 0
            ? lane.curves.map((curve) => ({
                stroke: colours.get(curve.colour) ?? "gray",
                width: 1.75,
                ...(curve.dashed ? { dash: [6, 4] } : {}),
                points: { show: false },
                spanGaps: false,
              }))
            : [{ show: false }]),
        ],
        ...(lane.gap && lane.curves.length > 1
          ? {
              bands: [
                { series: [1, 2] as [number, number], fill: gap },
                { series: [2, 1] as [number, number], fill: gap },
              ],
            }
          : {}),
        hooks: { drawClear: [underlay(lane, colours)] },
      },
      [times, ...(lane.curves.length > 0 ? lane.curves.map((curve) => curve.values) : [[null]])] as uPlot.AlignedData,
      element,
    );
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [lane, height]);

  useEffect(() => {
    const made = plot.current;
    if (!made || width < 10) return;
    if (made.width !== width) made.setSize({ width, height });
    made.setScale("x", { min: view.min, max: view.max });
  }, [view, width, height]);

  return <div ref={holder} aria-hidden="true" style={{ height }} className="overflow-hidden" />;
}
