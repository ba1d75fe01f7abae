// What changed over the sessions, in at most three sentences: steady things are not told.
import type { Trends } from "../../api/types";

type Trend = Trends["trends"][number];

export const MOST_CHANGES = 3;
/** Estimates of feelings are no progress and no setback. */
const NEVER = ["valence", "arousal", "brow_tension", "lip_press", "blink_rate", "nods", "shakes"];
/** A change is told from this share of the person's own range on. */
const LEAST_SHARE = 0.5;

/** How far it went over all sessions, as a share of the person's own range; 0: it cannot be told. */
function strength({ per_session, sessions, range }: Trend): number {
  const [low, high] = range ?? [];
  if (per_session === null || low === undefined || high === undefined || !(high > low)) return 0;
  return (Math.abs(per_session) * (sessions - 1)) / (high - low);
}

/** Returns the trends that are worth a sentence, the strongest first. */
export function changes(trends: Trends): Trend[] {
  return trends.trends
    .filter((trend) => trend.direction !== null && trend.direction !== "steady" && trend.better !== null)
    .filter((trend) => trend.words !== "" && !NEVER.includes(trend.id) && strength(trend) >= LEAST_SHARE)
    .sort((a, b) => strength(b) - strength(a))
    .slice(0, MOST_CHANGES);
}
