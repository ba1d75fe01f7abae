// The lanes below the replay: which there are, what they hold, how their values read.
import type { Report } from "../api/types";
import type { Tracks } from "./journal";
import { laneRange, median, type Range } from "./scale";

export type LaneId = "speech" | "pace" | "pitch" | "volume" | "affect" | "eye_contact" | "stress" | "hints";

export interface Curve {
  label: string;
  times: number[];
  values: (number | null)[];
  /** CSS custom property that holds its colour. */
  colour: string;
  dashed?: boolean;
}

export interface Block {
  start: number;
  end: number;
  /** CSS custom property. */
  colour: string;
  label: string;
}

export interface Lane {
  id: LaneId;
  /** Tells two rows of one id apart. */
  key?: string;
  title: string;
  unit: string;
  range: Range;
  /** The band aimed at, in the lane's unit. */
  band: Range | null;
  /** A line worth seeing, e.g. where stress counts as a spike. */
  mark: number | null;
  curves: Curve[];
  blocks: Block[];
  /** Hints: points in time with words. */
  points: { t: number; label: string }[];
  /** Shade what lies between the first two curves. */
  gap?: boolean;
  /** The unit as it stands below the name; empty: none does. */
  unitName: string;
  /** How a value reads on the scale. */
  scale: (value: number) => string;
  /** How a value reads. */
  read: (value: number) => string;
  /** The lane in one sentence, for those who don't see it. */
  summary: string;
}

/** Composite of stress signals over which they count as risen together (docs/SCORES.md). */
const STRAINED = 2;
/** Further than this from a person's own middle a pitch is an error of an octave, semitones. */
const FARTHEST_ST = 12;

const whole = (unit: string) => (value: number) => `${Math.round(value)} ${unit}`;
const percent = (value: number) => `${Math.round(value * 100)} %`;
const signed = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;

const timesOf = (values: readonly unknown[], step: number) => values.map((_, i) => i * step);

function summary(title: string, values: (number | null)[], read: (value: number) => string): string {
  const middle = median(values);
  return middle === null ? `${title}: nothing known.` : `${title}: usually ${read(middle)}.`;
}

/** Speech as blocks: from the journal where it is there, else the time between the pauses. */
export function speechBlocks(report: Report, tracks: Tracks | null): Block[] {
  const blocks: Block[] = [];
  const speech = (start: number, end: number) => blocks.push({ start, end, colour: "--lane-speech", label: "speech" });
  if (tracks && tracks.voiceTimes.length > 0) {
    let from: number | null = null;
    tracks.voiceTimes.forEach((t, i) => {
      const on = (tracks.speech[i] ?? 0) >= 0.5;
      if (on && from === null) from = t;
      if (!on && from !== null) {
        speech(from, t);
        from = null;
      }
    });
    if (from !== null) speech(from, (tracks.voiceTimes.at(-1) ?? 0) + 100);
  } else {
    let from = 0;
    for (const pause of report.pauses) {
      if (pause.start > from) speech(from, pause.start);
      from = Math.max(from, pause.end);
    }
    if (from < report.duration_ms && report.coverage.speech_s > 0) speech(from, report.duration_ms);
  }
  for (const pause of report.pauses) {
    if (pause.class === "long") {
      blocks.push({
        start: pause.start,
        end: pause.end,
        colour: "--lane-pause",
        label: `${((pause.end - pause.start) / 1000).toFixed(1)} s pause`,
      });
    }
  }
  return blocks;
}

/** Pitch ten times a second from the journal, in semitones around the median; else the report's two a second. */
export function pitchCurve(report: Report, tracks: Tracks | null): Pick<Curve, "times" | "values"> {
  const middle = tracks ? median(tracks.f0) : null;
  if (tracks && middle !== null && middle > 0) {
    return {
      times: tracks.voiceTimes.map((t) => t + 50),
      values: tracks.f0.map((hz, i) => {
        const st = hz !== null && (tracks.speech[i] ?? 0) >= 0.5 ? 12 * Math.log2(hz / middle) : null;
        return st !== null && Math.abs(st) <= FARTHEST_ST ? st : null;
      }),
    };
  }
  return { times: timesOf(report.series.pitch_st, report.series.step_ms), values: report.series.pitch_st };
}

/** A lane with what most of them have. */
function lane(of: Pick<Lane, "id" | "title" | "range" | "read" | "summary"> & Partial<Lane>): Lane {
  const scale = (value: number) => String(Math.round(value));
  return { unit: "", unitName: "", band: null, mark: null, curves: [], blocks: [], points: [], scale, ...of };
}

const UNIT: Range = { min: 0, max: 1 };

function speechLane(report: Report, tracks: Tracks | null): Lane {
  const long = report.pauses.filter((pause) => pause.class === "long").length;
  return lane({
    id: "speech",
    title: "Speech",
    range: UNIT,
    blocks: speechBlocks(report, tracks),
    read: () => "",
    summary: `Speech and pauses: ${long} ${long === 1 ? "pause" : "pauses"} over 1 second.`,
  });
}

function pitchLane(report: Report, tracks: Tracks | null): Lane {
  const pitch = pitchCurve(report, tracks);
  return lane({
    id: "pitch",
    title: "Pitch",
    unit: "semitones",
    unitName: "semitones",
    range: laneRange(pitch.values, { min: -6, max: 6 }),
    mark: 0,
    curves: [{ label: "Pitch", colour: "--lane-1", ...pitch }],
    read: (value) => `${signed(value)} semitones`,
    scale: (value) => `${value > 0 ? "+" : "−"}${Math.abs(Math.round(value))}`,
    summary: "Pitch, in semitones around your own middle.",
  });
}

function stressLane(report: Report, curve: Curve): Lane {
  const spikes = report.stress.map((spike) => ({
    start: spike.start,
    end: spike.recovered ?? report.duration_ms,
    colour: "--lane-spike",
    label: "signals rose together",
  }));
  return lane({
    id: "stress",
    title: "Strain",
    unit: "z",
    unitName: "signals together",
    range: laneRange(curve.values, { min: -1, max: 4 }),
    mark: STRAINED,
    curves: [curve],
    blocks: spikes,
    read: (value) => (value >= STRAINED ? "raised" : "as usual"),
    summary:
      report.stress.length === 0
        ? "Strain: no moment in which several signals rose together."
        : `Strain: several signals rose together ${report.stress.length === 1 ? "once" : `${report.stress.length} times`}.`,
  });
}

function hintLane(report: Report): Lane {
  return lane({
    id: "hints",
    title: "Hints",
    range: UNIT,
    points: report.hints.map((hint) => ({ t: hint.t, label: hint.text })),
    read: () => "",
    summary: `Hints: ${report.hints.length === 0 ? "none shown" : report.hints.map((hint) => hint.text).join(", ")}.`,
  });
}

export function lanes(report: Report, tracks: Tracks | null): Lane[] {
  const { series } = report;
  const step = series.step_ms > 0 ? series.step_ms : 500;
  const curve = (label: string, values: (number | null)[], colour = "--lane-1", dashed = false): Curve => ({
    label,
    times: timesOf(values, step),
    values,
    colour,
    ...(dashed ? { dashed } : {}),
  });
  return [
    speechLane(report, tracks),
    lane({
      id: "pace",
      title: "Pace",
      unit: "wpm",
      unitName: "words a minute",
      range: laneRange(series.pace_wpm, { min: 80, max: 220 }),
      band: { min: 120, max: 160 },
      curves: [curve("Pace", series.pace_wpm)],
      read: whole("words a minute"),
      summary: summary("Pace", series.pace_wpm, whole("words per minute")),
    }),
    pitchLane(report, tracks),
    lane({
      id: "volume",
      title: "Volume",
      unit: "dB",
      unitName: "decibels",
      range: laneRange(series.level_db, { min: 40, max: 75 }),
      curves: [curve("Volume", series.level_db)],
      read: whole("dB"),
      summary: summary("Volume", series.level_db, whole("decibels")),
    }),
    lane({
      id: "affect",
      title: "Expression",
      range: { min: -1, max: 1 },
      mark: 0,
      curves: [curve("Positive", series.valence), curve("Lively", series.arousal, "--lane-2", true)],
      read: signed,
      scale: signed,
      summary: summary("How positive the face looked, from −1 to 1", series.valence, signed),
    }),
    lane({
      id: "eye_contact",
      title: "Eye contact",
      unitName: "share of time",
      // A little room above and below: a curve at all or nothing is still a whole line.
      range: { min: -0.08, max: 1.08 },
      curves: [curve("Eye contact", series.eye_contact)],
      read: percent,
      scale: (value) => percent(Math.min(1, Math.max(0, value))),
      summary: summary("Eye contact", series.eye_contact, percent),
    }),
    stressLane(report, curve("Strain", series.stress)),
    hintLane(report),
  ];
}
