// Flashes and beeps as a page shows and plays them: functions that run in the page of any browser.

/** Begins to look at a video of this selector and to listen to it; `window[name]` holds the times, in seconds of the page's clock. */
export const begin = `(selector, name) => {
  const video = document.querySelector(selector);
  const seen = (window[name] = { flashes: [], beeps: [], frames: 0 });
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 12 });
  const draw = canvas.getContext("2d", { willReadFrequently: true });
  let bright = true;
  const look = () => {
    draw.drawImage(video, 0, 0, 16, 12);
    const { data } = draw.getImageData(0, 0, 16, 12);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum += data[i + 1];
    const now = sum > 128 * (data.length / 4);
    seen.frames += 1;
    if (now && !bright) seen.flashes.push(performance.now() / 1000);
    bright = now;
  };
  const context = new AudioContext();
  const meter = context.createAnalyser();
  meter.fftSize = 1024;
  context.createMediaStreamSource(video.srcObject).connect(meter);
  const samples = new Float32Array(meter.fftSize);
  let quiet = 0;
  const listen = () => {
    meter.getFloatTimeDomainData(samples);
    const loud = Math.max(...samples.map(Math.abs)) > 0.05;
    if (loud && quiet >= 10) seen.beeps.push(performance.now() / 1000);
    quiet = loud ? 0 : quiet + 1;
  };
  seen.context = context;
  seen.timer = setInterval(() => (look(), listen()), 16);
  return context.resume();
}`;
