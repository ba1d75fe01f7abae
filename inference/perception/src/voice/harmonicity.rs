//! Harmonics-to-noise ratio by forward cross-correlation (Praat's "To Harmonicity (cc): 0.01, 75, 0.1, 1.0").

use super::pitch::{FLOOR_HZ, sinc};
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

const SILENCE_THRESHOLD: f64 = 0.1;
const DEPTH: usize = 700;
/// Correlations are rounded to one part in this number.
const STEPS: f64 = (1u64 << 40) as f64;

/// Correlates a window of one period with what follows it. Plans and buffers are made once per rate.
pub struct Harmonicity {
    rate_hz: f64,
    period: usize,
    half_window: usize,
    /// The window, samples. It is also the largest lag.
    window: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    short: Vec<f64>,
    long: Vec<f64>,
    short_spectrum: Vec<Complex<f64>>,
    long_spectrum: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
    /// Correlations from lag `-window` to `window`.
    r: Vec<f64>,
    maxima: Vec<(usize, f64)>,
}

impl Harmonicity {
    /// Creates the buffers for a rate. `None`: a window would have fewer than 6 samples.
    pub fn new(rate_hz: f64) -> Option<Harmonicity> {
        let half_window = ((rate_hz / FLOOR_HZ).floor() as usize / 2).checked_sub(1).filter(|&half| half >= 3)?;
        let window = 2 * half_window;
        let size = (3 * window).next_power_of_two();
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let scratch = vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())];
        Some(Harmonicity {
            rate_hz,
            period: (rate_hz / FLOOR_HZ).floor() as usize,
            half_window,
            window,
            short: vec![0.0; size],
            long: vec![0.0; size],
            short_spectrum: forward.make_output_vec(),
            long_spectrum: forward.make_output_vec(),
            scratch,
            forward,
            inverse,
            r: vec![0.0; 2 * window + 1],
            maxima: Vec::with_capacity(window),
        })
    }

    /// Returns the length of a frame, seconds: one window and the largest lag.
    pub fn window_seconds() -> f64 {
        2.0 / FLOOR_HZ
    }

    /// Returns how many samples are needed on each side of a frame's centre.
    pub fn reach(&self) -> usize {
        self.period + 2
    }

    /// Returns the ratio in dB at `t` seconds (sample `i` is at `(i + 0.5) / rate_hz`). `None`: it is silent there
    /// compared with `peak`.
    pub fn measure(&mut self, samples: &[f32], t: f64, peak: f64) -> Option<f64> {
        // Many frames lie exactly on a sample. The order of these operations decides on which side they fall, and is
        // Praat's.
        let dx = 1.0 / self.rate_hz;
        let place = |t: f64| ((t - 0.5 * dx) / dx).floor().max(-1.0);
        let centre = (place(t) + 1.0) as usize;
        let around = samples.get(centre.checked_sub(self.period)?..centre + self.period)?;
        let mean = around.iter().map(|&x| f64::from(x)).sum::<f64>() / around.len() as f64;
        let middle = samples.get(centre - self.half_window..centre + self.half_window)?;
        let local = middle.iter().fold(0.0, |top: f64, &x| top.max((f64::from(x) - mean).abs()));
        let intensity = if local > peak { 1.0 } else { local / peak.max(f64::MIN_POSITIVE) };
        // The strength of the unvoiced candidate: a frame is silent when no voiced candidate can exceed it.
        let unvoiced = (2.0 - intensity / SILENCE_THRESHOLD).max(0.0);
        if local == 0.0 || unvoiced >= 1.0 {
            return None;
        }
        let begin = place(t - 0.5 * Self::window_seconds()).max(0.0) as usize;
        let best = self.correlate(samples.get(begin..)?, mean)?;
        (best > unvoiced).then(|| decibels(best))
    }

    /// Returns the strongest correlation of the first window of `samples` with a later one.
    fn correlate(&mut self, samples: &[f32], mean: f64) -> Option<f64> {
        let window = self.window;
        let span = (2 * window).min(samples.len());
        let lags = span.checked_sub(window)?;
        for (i, &x) in samples[..span].iter().enumerate() {
            self.long[i] = f64::from(x) - mean;
        }
        self.long[span..].fill(0.0);
        self.short[..window].copy_from_slice(&self.long[..window]);
        self.short[window..].fill(0.0);
        let own = self.long[..window].iter().map(|x| x * x).sum::<f64>();
        // The norms come first, since the transform below overwrites `long`.
        let mut other = own;
        self.r.fill(0.0);
        self.r[window] = 1.0;
        for lag in 1..=lags {
            let (gone, come) = (self.long[lag - 1], self.long[lag - 1 + window]);
            other += come * come - gone * gone;
            self.r[window + lag] = (own * other).sqrt();
        }
        let forward = self.forward.process_with_scratch(&mut self.long, &mut self.long_spectrum, &mut self.scratch);
        let second = self.forward.process_with_scratch(&mut self.short, &mut self.short_spectrum, &mut self.scratch);
        debug_assert!(forward.is_ok() && second.is_ok());
        for (a, b) in self.long_spectrum.iter_mut().zip(&self.short_spectrum) {
            *a *= b.conj();
        }
        if let Some(last) = self.long_spectrum.last_mut() {
            last.im = 0.0;
        }
        self.long_spectrum[0].im = 0.0;
        let back = self.inverse.process_with_scratch(&mut self.long_spectrum, &mut self.long, &mut self.scratch);
        debug_assert!(back.is_ok());
        let scale = 1.0 / self.long.len() as f64;
        for lag in 1..=lags {
            let norm = self.r[window + lag];
            let value = if norm > 0.0 { self.long[lag] * scale / norm } else { 0.0 };
            // A constant correlates perfectly with itself; rounding errors of the transform must not create maxima
            // there.
            let value = (value * STEPS).round() / STEPS;
            self.r[window + lag] = value;
            self.r[window - lag] = value;
        }
        Some(self.strongest())
    }

    /// Refines only the maxima that can win, since refining is what costs time.
    fn strongest(&mut self) -> f64 {
        let (r, window) = (&self.r, self.window);
        self.maxima.clear();
        let mut best = 0.0f64;
        for lag in 2..window {
            let [a, b, c] = [r[window + lag - 1], r[window + lag], r[window + lag + 1]];
            if b > 0.0 && b > a && b >= c {
                let slope = 0.5 * (c - a);
                let top = b + 0.5 * slope * slope / (2.0 * b - a - c);
                best = best.max(top);
                self.maxima.push((lag, top));
            }
        }
        let hopeful = best - 0.15;
        let mut rough = 0.0f64;
        for (lag, top) in self.maxima.iter_mut().filter(|(_, top)| *top >= hopeful) {
            let [a, b, c] = [r[window + *lag - 1], r[window + *lag], r[window + *lag + 1]];
            let x = (window + *lag) as f64 + 0.5 * (c - a) / (2.0 * b - a - c);
            *top = sinc::interpolate(r, x, 30);
            rough = rough.max(reflect(*top));
        }
        let mut strongest = 0.0f64;
        for &(lag, top) in self.maxima.iter().filter(|(_, top)| *top >= hopeful) {
            if reflect(top) >= rough - 0.02 {
                let at = (window + lag) as f64;
                let (x, top) = sinc::search(r, at - 1.0, at + 1.0, DEPTH);
                // A lag under two samples is a frequency above Nyquist and no voice.
                if x - window as f64 > 2.0 {
                    strongest = strongest.max(reflect(top));
                }
            }
        }
        strongest
    }
}

fn reflect(r: f64) -> f64 {
    if r > 1.0 { 1.0 / r } else { r }
}

/// Returns the ratio of the periodic to the aperiodic part, dB, from the correlation of a sound with itself.
pub fn decibels(r: f64) -> f64 {
    if r <= 1e-15 {
        -150.0
    } else if r > 1.0 - 1e-15 {
        150.0
    } else {
        10.0 * (r / (1.0 - r)).log10()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_noise_is_zero_decibels() {
        assert!(decibels(0.5).abs() < 1e-12);
        assert!((decibels(0.99) - 19.956).abs() < 1e-3);
    }

    #[test]
    fn a_clean_tone_is_far_above_thirty_decibels_and_silence_has_none() {
        let tone: Vec<f32> = (0..4_000).map(|i| (i as f32 * 0.05).sin() * 0.5).collect();
        let mut harmonicity = Harmonicity::new(16e3).expect("a rate in range");
        assert!(harmonicity.measure(&tone, 0.125, 0.5).expect("voice") > 30.0);
        assert_eq!(harmonicity.measure(&[0.0; 4_000], 0.125, 0.5), None);
        assert_eq!(harmonicity.measure(&tone[..100], 0.003, 0.5), None);
    }
}
