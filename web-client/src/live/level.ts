// The level of the microphone, measured in the page: for a meter that answers at once, not for any score.

/** 0 to 1 of a meter for a level in dB of full scale: -60 is empty, -6 is full. */
export const meter = (dbfs: number): number => Math.min(1, Math.max(0, (dbfs + 60) / 54));

export function rmsDb(samples: Float32Array): number {
  let sum = 0;
  for (const x of samples) sum += x * x;
  return 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
}

/** Calls back with 0 to 1 about 30 times a second until stopped. */
export function watchLevel(stream: MediaStream, heard: (level: number) => void): () => void {
  const track = stream.getAudioTracks()[0];
  if (!track || typeof AudioContext === "undefined") return () => undefined;
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let smooth = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const now = meter(rmsDb(samples));
    // Up at once, down gently: eyes read peaks.
    smooth = now > smooth ? now : smooth * 0.85 + now * 0.15;
    heard(smooth);
  }, 33);
  // Started without a click a context may sleep.
  void context.resume().catch(() => undefined);
  return () => {
    clearInterval(timer);
    source.disconnect();
    void context.close().catch(() => undefined);
  };
}
