// The playhead: one media time that the replay, the lanes and the moments share, without re-rendering the page at every frame.

export type Listener = (t_ms: number) => void;

/** A moment is heard from a little before it, so that one knows what it is about. */
export const PRE_ROLL_MS = 2000;
/** It stops a little after its end. */
export const POST_ROLL_MS = 1000;

export class Player {
  private video: HTMLVideoElement | null = null;
  private listeners = new Set<Listener>();
  private frame = 0;
  private pending: number | null = null;
  private at = 0;
  /** Where the moment that is played ends; null: none is. */
  private until: number | null = null;

  /** `origin`: media time of the video at which t = 0, for a replay of one answer out of many. */
  constructor(
    private readonly durationMs: number,
    private readonly origin = 0,
  ) {}

  get t(): number {
    return this.at;
  }

  get playing(): boolean {
    return this.video !== null && !this.video.paused && !this.video.ended;
  }

  /** Takes a video element; returns the way to let go of it. */
  attach(video: HTMLVideoElement): () => void {
    this.video = video;
    const follow = () => {
      cancelAnimationFrame(this.frame);
      const step = () => {
        this.publish(video.currentTime * 1000 - this.origin);
        if (!video.paused && !video.ended) this.frame = requestAnimationFrame(step);
      };
      step();
    };
    const ready = () => {
      if (this.pending === null && this.origin > 0) this.pending = 0;
      if (this.pending !== null) video.currentTime = (this.pending + this.origin) / 1000;
      this.pending = null;
    };
    const events = ["play", "pause", "seeked", "ended", "timeupdate"] as const;
    for (const name of events) video.addEventListener(name, follow);
    video.addEventListener("loadedmetadata", ready);
    return () => {
      cancelAnimationFrame(this.frame);
      for (const name of events) video.removeEventListener(name, follow);
      video.removeEventListener("loadedmetadata", ready);
      if (this.video === video) this.video = null;
    };
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    listener(this.at);
    return () => this.listeners.delete(listener);
  }

  seek(t_ms: number): void {
    this.until = null;
    this.go(t_ms);
  }

  /** Plays a stretch with a pre-roll, and stops after its end. Returns where it begins. */
  playMoment(start: number, end: number): number {
    const from = Math.max(0, start - PRE_ROLL_MS);
    this.go(from);
    this.play(this.rate);
    this.until = Math.max(start, end) + POST_ROLL_MS;
    return from;
  }

  private go(t_ms: number): void {
    const t = Math.min(Math.max(0, Number.isFinite(t_ms) ? t_ms : 0), this.durationMs);
    // Before the file is there the wish is kept; the lanes move at once in any case.
    if (this.video && this.video.readyState > 0) this.video.currentTime = (t + this.origin) / 1000;
    else this.pending = t;
    this.publish(t);
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play(this.rate);
  }

  play(rate = 1): void {
    this.until = null;
    if (!this.video) return;
    this.video.playbackRate = rate;
    // Refused without a gesture, or while the file is missing: the page shows that itself.
    void this.video.play().catch(() => undefined);
  }

  pause(): void {
    this.video?.pause();
  }

  toggleMute(): void {
    if (this.video) this.video.muted = !this.video.muted;
  }

  setVolume(volume: number): void {
    if (!this.video) return;
    this.video.volume = Math.min(1, Math.max(0, volume));
    this.video.muted = volume <= 0;
  }

  setRate(rate: number): void {
    if (this.video) this.video.playbackRate = Math.min(2, Math.max(0.5, rate));
  }

  get rate(): number {
    return this.video?.playbackRate ?? 1;
  }

  private publish(t: number): void {
    this.at = t;
    if (this.until !== null && t >= this.until) {
      this.until = null;
      this.video?.pause();
    }
    for (const listener of this.listeners) listener(t);
  }
}
