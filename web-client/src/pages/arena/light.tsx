// The light that says live.

const WORDS: Record<string, string> = {
  connecting: "Connecting",
  live: "Live",
  lost: "Reconnecting",
  paused: "Paused",
  stopping: "Ending",
  stopped: "Ended",
  failed: "Not connected",
};

export function Light({ state }: { state: string }) {
  const colour =
    state === "live" ? "bg-[#ff5a4f]" : state === "lost" || state === "failed" ? "bg-[#f2b36b]" : "bg-white/60";
  return (
    <p role="status" data-testid="live-light" className="flex items-center gap-2 text-sm font-medium text-white/90">
      <span
        aria-hidden="true"
        className={`size-2.5 rounded-full ${colour} ${state === "live" || state === "connecting" || state === "lost" ? "breathe" : ""}`}
      />
      {WORDS[state] ?? state}
    </p>
  );
}
