// How fast it goes, over the last seconds: steady enough to read, quick enough to notice a change.

const WINDOW_MS = 10_000;

export class Speed {
  private samples: { at: number; bytes: number }[] = [];

  /** So many bytes are through at this time, ms. */
  note(at: number, bytes: number): void {
    const last = this.samples[this.samples.length - 1];
    // Bytes of a part that broke off count no more: begin anew from there.
    if (last && bytes < last.bytes) this.samples = [];
    this.samples.push({ at, bytes });
    while (this.samples.length > 2 && this.samples[1]!.at < at - WINDOW_MS) this.samples.shift();
  }

  forget(): void {
    this.samples = [];
  }

  /** Bytes per second; null: too early to say. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.samples[0], this.samples[this.samples.length - 1]];
    if (!first || !last || last.at - first.at < 1000) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }
}
