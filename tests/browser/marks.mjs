// Flashes and beeps as a page shows and plays them: functions that run in the page of any browser.

/**
 * Begins to look at a video of this selector and to listen to it. `window[name]` holds when each flash and beep began, in seconds of
 * the page's clock, with the colour of a flash ("red", "green" or "blue", the strongest) and the pitch of a beep in hertz.
 */
export const begin = `(selector, name) => {
  const video = document.querySelector(selector);
  const seen = (window[name] = { flashes: [], beeps: [], frames: 0 });
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 12 });
  const draw = canvas.getContext("2d", { willReadFrequently: true });
  let bright = true;
  const look = () => {
    draw.drawImage(video, 0, 0, 16, 12);
    const { data } = draw.getImageData(0, 0, 16, 12);
    const means = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) for (const n of [0, 1, 2]) means[n] += (4 * data[i + n]) / data.length;
    const strongest = Math.max(...means);
    const now = strongest > 128;
    seen.frames += 1;
    if (now && !bright) {
      const colour = ["red", "green", "blue"][means.indexOf(strongest)];
      seen.flashes.push({ s: performance.now() / 1000, colour });
    }
    bright = now;
  };
  const context = new AudioContext();
  const meter = context.createAnalyser();
  meter.fftSize = 1024;
  meter.smoothingTimeConstant = 0;
  context.createMediaStreamSource(video.srcObject).connect(meter);
  const samples = new Float32Array(meter.fftSize);
  const levels = new Float32Array(meter.frequencyBinCount);
  const pitch = () => {
    meter.getFloatFrequencyData(levels);
    return (levels.indexOf(Math.max(...levels)) * context.sampleRate) / meter.fftSize;
  };
  let quiet = 0;
  const listen = () => {
    meter.getFloatTimeDomainData(samples);
    const loud = Math.max(...samples.map(Math.abs)) > 0.05;
    if (loud && quiet >= 10) seen.beeps.push({ s: performance.now() / 1000, hz: pitch() });
    quiet = loud ? 0 : quiet + 1;
  };
  seen.context = context;
  seen.timer = setInterval(() => (look(), listen()), 16);
  return context.resume();
}`;
