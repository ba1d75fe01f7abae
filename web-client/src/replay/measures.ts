// How the value of a measure reads beside its aim: in the report's own words.
import { withUnit } from "./words";

export interface Measured {
  value: number;
  unit: string;
  /** The value in words; reports of version 0.1.0 have none. */
  text?: string | null | undefined;
}

/** Returns the value in the report's words; of a report that has none, the number with its unit. */
export const inWords = ({ text, value, unit }: Measured): string => text || withUnit(value, unit);

/** Returns an aim as one reads it: reports of version 0.1.0 write the unit of pace short. */
export const aimInWords = (target: string): string => target.replace(/\bwpm\b/, "words a minute");
