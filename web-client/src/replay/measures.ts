// How the value of a measure reads beside its aim: in what one hears and sees, where the unit alone would say nothing to a speaker.
import { withUnit } from "./words";

export interface Measured {
  metric: string;
  value: number;
  unit: string;
  /** The value with its unit as the report has it; reports of version 0.1.0 have none. */
  text?: string | null | undefined;
  /** Share of its points that it brought, 0 to 1; null: it counts for no score. */
  share: number | null;
}

/** From this share of its points on, a measure is where it is aimed at. */
const REACHED = 0.9;
/** So far in semitones the pitch of a lively voice spreads. */
const LIVELY_ST = 3;
/** So fast a head turns that does nothing but speak, degrees a second. */
const SPEAKING_DEG_PER_S = 10;

const FRACTIONS: [below: number, words: string][] = [
  [0.15, "a tenth"],
  [0.23, "a fifth"],
  [0.29, "a quarter"],
  [0.42, "a third"],
  [0.58, "half"],
  [0.71, "two thirds"],
  [0.9, "three quarters"],
];

/** A share as one says it; from nine tenths on there is nothing to say. */
const fraction = (share: number): string | null => FRACTIONS.find(([below]) => share < below)?.[1] ?? null;

/** How loud something is heard that is `db` over something else: 10 dB less is half as loud. */
const loudness = (db: number): number => 2 ** (db / 10);

const reached = ({ share }: Measured): boolean => share !== null && share >= REACHED;

/** How far above rest a part of the face was, 0 to 1. */
function overRest(of: Measured): string {
  if (reached(of) || of.value < 0.03) return "at rest";
  return of.value < 0.1 ? "a little over rest" : "clearly over rest";
}

const none = (of: Measured): string | null => (of.value === 0 ? "none" : null);

/** Words for the measures whose unit is no word of a speaker; null: its number says it. */
const WORDS: Record<string, (of: Measured) => string | null> = {
  volume_level: ({ value }) => {
    const share = fraction(loudness(value));
    return share ? `about ${share} as loud as usual` : "as loud as usual";
  },
  volume_consistency: (of) =>
    reached(of)
      ? "as loud in one phrase as in the next"
      : `${Math.round((loudness(of.value) - 1) * 100)} % louder or quieter from phrase to phrase`,
  phrase_end_level: (of) => {
    if (reached(of)) return "phrases carried to their end";
    const share = fraction(loudness(of.value));
    return share ? `the last words about ${share} as loud as the first` : "phrases carried to their end";
  },
  pitch_drift: (of) => {
    if (reached(of)) return "as high at the end as at the beginning";
    return of.value < 1.5 ? "wandered a little" : "wandered clearly";
  },
  pitch_variation: ({ value }) => {
    const share = fraction(value / LIVELY_ST);
    return share ? `rose and fell ${share} as far as a lively voice` : "rose and fell as far as a lively voice";
  },
  voice_stability: (of) => (reached(of) ? "as smooth as usual" : `${of.value.toFixed(1)} times as rough as usual`),
  head_movement: ({ value }) => {
    const times = value / SPEAKING_DEG_PER_S;
    return times <= 1 ? "calm" : `${times.toFixed(1)} times as much as speaking moves it`;
  },
  expressiveness: ({ value }) => {
    if (value < 0.15) return "a still face";
    if (value < 0.35) return "a quiet face";
    return value < 0.6 ? "a lively face" : "a very lively face";
  },
  brow_tension: overRest,
  lip_press: overRest,
  valence: ({ value, unit }) => `${withUnit(value, unit)}, from −1 to 1`,
  arousal: ({ value, unit }) => `${withUnit(value, unit)}, from 0 to 1`,
  hesitations: none,
  fillers: none,
  repeated_words: none,
  hedges: none,
  numbers_named: none,
  long_pauses: none,
  nods: none,
  shakes: none,
  blink_rate: none,
};

/** Returns the value in words where there are any, else with its unit. */
export function inWords(of: Measured): string {
  return WORDS[of.metric]?.(of) ?? (of.text || withUnit(of.value, of.unit));
}

/** Units in which one's own usual value says something beside the value itself; the others are read against a rest or a level. */
const OWN_UNITS = ["wpm", "share", "/min", "s/min", "syl/s", "s"];

/** Returns one's own usual value as one reads it; null where it would say nothing. */
export const usualInWords = (baseline: number | null, unit: string): string | null =>
  baseline !== null && Number.isFinite(baseline) && OWN_UNITS.includes(unit) ? withUnit(baseline, unit) : null;

/** Returns an aim as one reads it: the report writes the unit of pace short. */
export const aimInWords = (target: string): string => target.replace(/\bwpm\b/, "words a minute");
