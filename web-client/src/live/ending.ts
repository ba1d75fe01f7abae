// Why a round ended that nobody ended here: kept for the page that shows its report, and for as long as this tab is open.

export interface KeptEnding {
  session: string;
  ending: "restart" | "away" | "server";
  /** Ids of the questions that were not reached. */
  open: string[];
}

const KEY = "coach.ending";

export function keepEnding(ending: KeptEnding): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ending));
  } catch {
    // Then the report comes without a word about it.
  }
}

/** Returns why that session ended, or null where it ended as it should. */
export function recallEnding(session: string): KeptEnding | null {
  try {
    const raw = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Partial<KeptEnding> | null;
    if (raw?.session !== session || !Array.isArray(raw.open)) return null;
    const ending = (["restart", "away", "server"] as const).find((x) => x === raw.ending);
    const open = raw.open.filter((id): id is string => typeof id === "string" && id.length <= 64).slice(0, 5);
    return ending ? { session, ending, open } : null;
  } catch {
    return null;
  }
}
