// What a key does on a page with a replay. Space, arrows, J K L as in every editor.

export type ReplayAction =
  | { do: "toggle" }
  | { do: "pause" }
  | { do: "seek"; by_ms: number }
  | { do: "faster" }
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
      return { do: "pause" };
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
    case "Home":
      return { do: "start" };
    case "End":
      return { do: "end" };
    default:
      return null;
  }
}

/** L once plays, again doubles, up to twice the speed; then back to normal. */
export function fasterThan(rate: number, playing: boolean): number {
  if (!playing) return 1;
  return rate < 1.5 ? 1.5 : rate < 2 ? 2 : 1;
}
