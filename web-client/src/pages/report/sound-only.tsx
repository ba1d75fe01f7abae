// A recording without a picture: how it is known, and what stands in the picture's place.
import { AudioLines } from "lucide-react";
import type { Recording } from "../../api/types";

/** The file itself says it by the width of its picture; until that is known, that there is no still of it. */
export const hasNoPicture = (recording: Recording | undefined, width: number | null) =>
  width === null ? recording?.poster_url === null : width === 0;

export function SoundOnly() {
  return (
    <p
      className="pointer-events-none absolute inset-0 grid place-content-center justify-items-center gap-2 text-sm opacity-80"
      data-testid="sound-only"
    >
      <AudioLines size={28} strokeWidth={1.5} aria-hidden="true" />
      Sound only: no picture was recorded
    </p>
  );
}
