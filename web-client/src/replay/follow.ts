// A second recording of the same session, kept in step with the first one that a person plays.

/** Apart by no more than this, both are in step, seconds. */
export const IN_STEP_S = 0.02;
/** Farther apart the second one jumps; until then it runs a little faster or slower. */
export const JUMP_S = 0.4;
/** How much faster or slower, at most. */
const PULL = 0.1;
const LOOK_MS = 200;

/** How the follower goes on: where it jumps to, and how fast it runs. */
export function step(leader: number, follower: number, rate: number): { jump: number | null; rate: number } {
  const behind = leader - follower;
  if (Math.abs(behind) > JUMP_S) return { jump: leader, rate };
  if (Math.abs(behind) <= IN_STEP_S) return { jump: null, rate };
  return { jump: null, rate: rate * (1 + Math.max(-PULL, Math.min(PULL, behind))) };
}

/** Keeps `follower` in step with `leader`; returns the way to stop. */
export function follow(leader: HTMLVideoElement, follower: HTMLVideoElement): () => void {
  const align = () => {
    const playing = !leader.paused && !leader.ended && leader.readyState >= 3;
    if (!playing) {
      follower.pause();
      if (Math.abs(leader.currentTime - follower.currentTime) > IN_STEP_S) follower.currentTime = leader.currentTime;
      return;
    }
    const next = step(leader.currentTime, follower.currentTime, leader.playbackRate);
    if (next.jump !== null) follower.currentTime = next.jump;
    follower.playbackRate = next.rate;
    // It may end before the other one.
    if (follower.paused && !follower.ended) void follower.play().catch(() => undefined);
  };
  const sound = () => {
    follower.volume = leader.volume;
    follower.muted = leader.muted;
  };
  const moves = ["play", "playing", "pause", "seeking", "seeked", "ratechange", "waiting", "ended"] as const;
  for (const name of moves) leader.addEventListener(name, align);
  leader.addEventListener("volumechange", sound);
  const timer = setInterval(align, LOOK_MS);
  sound();
  align();
  return () => {
    clearInterval(timer);
    for (const name of moves) leader.removeEventListener(name, align);
    leader.removeEventListener("volumechange", sound);
  };
}
