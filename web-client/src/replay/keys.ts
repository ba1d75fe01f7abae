// What a key does on a page with a replay: space, arrows, J K L as in every editor; M, F, C, digits as in every player.

export type ReplayAction =
  | { do: "toggle" }
  | { do: "seek"; by_ms: number }
  | { do: "faster" }
  | { do: "mute" }
  | { do: "fullscreen" }
  | { do: "captions" }
  | { do: "help" }
  | { do: "rate"; by: number }
  | { do: "moment"; step: 1 | -1 }
  /** To a tenth of the recording, 0 to 9. */
  | { do: "tenth"; n: number }
  | { do: "start" }
  | { do: "end" };

export interface Key {
  key: string;
  shiftKey?: boolean;
  ctrlKey?: boolean;
  altKey?: boolean;
  metaKey?: boolean;
  target?: EventTarget | null;
}

/** Keys belong to what is being typed in or pressed, before they belong to the replay. */
function taken(key: Key): boolean {
  const target = key.target;
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select, [contenteditable=true], dialog, [role=slider]")) return true;
  // Space and Enter press the button that has the focus.
  return (key.key === " " || key.key === "Enter") &&
    target.closest("button, a, summary, [role=tab], [role=button]") !== null
    ? true
    : /^Arrow|^Home$|^End$/.test(key.key) && target.closest("[role=tablist]") !== null;
}

export function replayAction(key: Key): ReplayAction | null {
  if (key.ctrlKey || key.altKey || key.metaKey || taken(key)) return null;
  switch (key.key) {
    case " ":
      return { do: "toggle" };
    case "k":
    case "K":
      return { do: "toggle" };
    case "j":
    case "J":
      return { do: "seek", by_ms: -10_000 };
    case "l":
    case "L":
      return { do: "faster" };
    case "ArrowLeft":
      return { do: "seek", by_ms: key.shiftKey ? -1000 : -5000 };
    case "ArrowRight":
      return { do: "seek", by_ms: key.shiftKey ? 1000 : 5000 };
    case ",":
      return { do: "seek", by_ms: -100 };
    case ".":
      return { do: "seek", by_ms: 100 };
    case "m":
    case "M":
      return { do: "mute" };
    case "f":
    case "F":
      return { do: "fullscreen" };
    case "c":
    case "C":
      return { do: "captions" };
    case "<":
      return { do: "rate", by: -0.25 };
    case ">":
      return { do: "rate", by: 0.25 };
    case "[":
      return { do: "moment", step: -1 };
    case "]":
      return { do: "moment", step: 1 };
    case "?":
      return { do: "help" };
    case "Home":
      return { do: "start" };
    case "End":
      return { do: "end" };
    default:
      return /^[0-9]$/.test(key.key) ? { do: "tenth", n: Number(key.key) } : null;
  }
}

/** The keys in words, for the list that "?" shows. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["Space or K", "Play, pause"],
  ["← →", "5 seconds back, on; with Shift 1 second"],
  [", .", "A tenth of a second back, on"],
  ["J L", "10 seconds back; faster"],
  ["0 to 9", "To that tenth of the recording"],
  ["[ ]", "Previous, next moment"],
  ["< >", "Slower, faster"],
  ["M", "Mute, unmute"],
  ["E", "Corrects the phrase that has the focus: Enter saves, Esc gives up"],
  ["C", "Hints and captions off, on"],
  ["F", "Full screen"],
  ["?", "This list"],
];

/** L once plays, again doubles, up to twice the speed; then back to normal. */
export function fasterThan(rate: number, playing: boolean): number {
  if (!playing) return 1;
  return rate < 1.5 ? 1.5 : rate < 2 ? 2 : 1;
}
