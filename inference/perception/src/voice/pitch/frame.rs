//! Finds pitch candidates at one moment by autocorrelation, after Boersma 1993 as Praat 6.1 implements it ("To Pitch
//! (ac)").

use super::{Candidate, Frame, MAX_CANDIDATES, sinc};
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

/// The number of periods of the lowest pitch in a window.
const PERIODS: f64 = 3.0;
const DEPTH: usize = 70;

/// Finds the candidates of frames at one sampling rate. Plans and buffers are made once.
pub struct Analyzer {
    rate_hz: f64,
    floor_hz: f64,
    /// The longest period, samples.
    period: usize,
    half_window: usize,
    max_lag: usize,
    /// The largest lag that interpolation may read.
    edge: usize,
    window: Vec<f64>,
    /// One over the product of the window's autocorrelation and its value at lag zero.
    window_ac: Vec<f64>,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    frame: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
    /// The normalised autocorrelation from lag `-edge` to `edge`.
    r: Vec<f64>,
}

impl Analyzer {
    /// Creates the buffers for samples at `rate_hz` and pitches from `floor_hz` up. `None`: a window would have fewer
    /// than 6 samples.
    pub fn new(rate_hz: f64, floor_hz: f64) -> Option<Analyzer> {
        let length = (PERIODS / floor_hz * rate_hz).floor() as usize;
        let half_window = (length / 2).checked_sub(1).filter(|&half| half >= 3)?;
        let length = half_window * 2;
        let size = ((length as f64 * 1.5).ceil() as usize).next_power_of_two();
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let scratch = vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())];
        let turn = 2.0 * std::f64::consts::PI / (length + 1) as f64;
        let window = (1..=length).map(|i| 0.5 - 0.5 * (turn * i as f64).cos()).collect();
        let edge = length / 2;
        let mut analyzer = Analyzer {
            rate_hz,
            floor_hz,
            period: (rate_hz / floor_hz).floor() as usize,
            half_window,
            max_lag: ((length as f64 / PERIODS).floor() as usize + 2).min(length),
            edge,
            window,
            window_ac: Vec::new(),
            spectrum: forward.make_output_vec(),
            frame: vec![0.0; size],
            scratch,
            forward,
            inverse,
            r: vec![0.0; 2 * edge + 1],
        };
        analyzer.frame[..length].copy_from_slice(&analyzer.window);
        analyzer.autocorrelate();
        let zero = analyzer.frame[0];
        analyzer.window_ac = analyzer.frame[..=edge].iter().map(|ac| zero / ac).collect();
        Some(analyzer)
    }

    /// Returns how many samples a frame needs on each side of its centre.
    pub fn reach(&self) -> usize {
        self.half_window.max(self.period)
    }

    /// Finds the candidates around the point between `samples[centre - 1]` and `samples[centre]`. `peak` is the largest
    /// absolute sample of the whole signal, which silence is relative to. At least [`Analyzer::reach`] samples must be
    /// on each side.
    pub fn analyze(&mut self, samples: &[f32], centre: usize, peak: f64, out: &mut Frame) {
        let (half, length) = (self.half_window, self.window.len());
        let around = &samples[centre - self.period..centre + self.period];
        let mean = around.iter().map(|&x| f64::from(x)).sum::<f64>() / around.len() as f64;
        for ((y, &x), w) in self.frame.iter_mut().zip(&samples[centre - half..centre + half]).zip(&self.window) {
            *y = (f64::from(x) - mean) * w;
        }
        let half_period = self.period / 2 + 1;
        let middle = &self.frame[half.saturating_sub(half_period)..(half + half_period).min(length)];
        let local = middle.iter().fold(0.0, |top: f64, x| top.max(x.abs()));
        out.clear(if local > peak { 1.0 } else { local / peak.max(f64::MIN_POSITIVE) });
        if local == 0.0 {
            return;
        }
        self.frame[length..].fill(0.0);
        self.autocorrelate();
        let scale = 1.0 / self.frame[0];
        if !scale.is_finite() {
            return;
        }
        self.r[self.edge] = 1.0;
        for lag in 1..=self.edge {
            let value = self.frame[lag] * scale * self.window_ac[lag];
            self.r[self.edge + lag] = value;
            self.r[self.edge - lag] = value;
        }
        self.choose(out);
    }

    fn autocorrelate(&mut self) {
        // The lengths are fixed at construction, so neither transform can refuse them.
        let done = self.forward.process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
        for bin in &mut self.spectrum {
            *bin = Complex::new(bin.norm_sqr(), 0.0);
        }
        let done = self.inverse.process_with_scratch(&mut self.spectrum, &mut self.frame, &mut self.scratch);
        debug_assert!(done.is_ok());
    }

    /// Chooses and refines the strongest local maxima of the correlation.
    fn choose(&self, out: &mut Frame) {
        let mut lags = [0usize; MAX_CANDIDATES];
        for lag in 2..self.max_lag.min(self.edge) {
            let [a, b, c] = [-1, 0, 1].map(|step| self.r[(self.edge + lag).wrapping_add_signed(step)]);
            if !(b > 0.5 * super::VOICING_THRESHOLD && b > a && b >= c) {
                continue;
            }
            let place = if out.len < MAX_CANDIDATES {
                out.len += 1;
                out.len - 1
            } else {
                // All places are taken (rare: many weak maxima in noise): the strengths decide, with a preference for
                // higher pitches.
                let at = lag as f64 + 0.5 * (c - a) / (2.0 * b - a - c);
                let strength = reflect(sinc::interpolate(&self.r, self.edge as f64 + at, 30));
                let mine = self.favoured(strength, self.rate_hz / at);
                let (mut weakest, mut place) = (2.0, None);
                for (i, &other) in lags.iter().enumerate().skip(1) {
                    let candidate = self.first_estimate(other);
                    let strength = self.favoured(candidate.strength, candidate.hz);
                    if strength < weakest {
                        (weakest, place) = (strength, Some(i));
                    }
                }
                match place {
                    Some(place) if mine > weakest => place,
                    _ => continue,
                }
            };
            lags[place] = lag;
        }
        for (candidate, &lag) in out.candidates[1..out.len].iter_mut().zip(&lags[1..]) {
            let (x, strength) = sinc::maximum(&self.r, self.edge + lag, DEPTH);
            *candidate = Candidate { hz: self.rate_hz / (x - self.edge as f64), strength: reflect(strength) };
        }
    }

    fn first_estimate(&self, lag: usize) -> Candidate {
        let [a, b, c] = [-1, 0, 1].map(|step| self.r[(self.edge + lag).wrapping_add_signed(step)]);
        let at = lag as f64 + 0.5 * (c - a) / (2.0 * b - a - c);
        let strength = reflect(sinc::interpolate(&self.r, self.edge as f64 + at, 30));
        Candidate { hz: self.rate_hz / at, strength }
    }

    fn favoured(&self, strength: f64, hz: f64) -> f64 {
        strength - super::OCTAVE_COST * (self.floor_hz / hz).log2()
    }
}

/// Reflects a correlation over 1, which short windows can give.
fn reflect(strength: f64) -> f64 {
    if strength > 1.0 { 1.0 / strength } else { strength }
}
