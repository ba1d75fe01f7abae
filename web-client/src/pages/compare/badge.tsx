// The letter of one side, in the hue of its curves.
import type { Letter } from "../../replay/verdict";

export function Badge({ letter }: { letter: Letter }) {
  return (
    <span
      className="grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold text-surface"
      style={{ background: `var(--lane-${letter === "A" ? 1 : 2})` }}
    >
      {letter}
    </span>
  );
}
