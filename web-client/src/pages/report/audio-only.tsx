// A recording without video: how it is known, and what stands in its place.
import { AudioLines } from "lucide-react";
import type { Recording } from "../../api/types";

/** The file itself says it by the width of its frames; until that is known, a missing poster says it. */
export const hasNoVideo = (recording: Recording | undefined, width: number | null) =>
  width === null ? recording?.poster_url === null : width === 0;

export function AudioOnly() {
  return (
    <p
      className="pointer-events-none absolute inset-0 grid place-content-center justify-items-center gap-2 text-sm opacity-80"
      data-testid="audio-only"
    >
      <AudioLines size={28} strokeWidth={1.5} aria-hidden="true" />
      Audio only: no video was recorded
    </p>
  );
}
