//! Finds possible hesitations ("um", "uh"): a voice with a flat pitch and an unchanging sound, beside a pause.
//!
//! The method follows Goto et al. 1999 (small change of pitch and of the spectral envelope). Drawled words look the
//! same, so a pause beside it and a pitch that is not raised are required too. A finding has a confidence and is no
//! count.

use super::histogram::Histogram;
use super::{HOP, RATE_HZ};
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};
use std::collections::VecDeque;
use std::sync::Arc;

const BANDS: usize = 26;
const LOW_HZ: f64 = 100.0;
const HIGH_HZ: f64 = 5_000.0;
/// The samples of a spectrum: 25 ms.
const WINDOW: usize = 400;
const FFT: usize = 512;

/// The hops on each side over which change is measured: 100 ms in all.
const SPAN: i64 = 5;
/// The number of hops that are remembered.
const HELD: i64 = 96;
/// The largest change of the spectral shape over 100 ms, dB RMS over the bands.
const SHAPE_DB: f32 = 3.0;
/// The largest slope of the pitch, semitones per second.
const SLOPE_ST: f64 = 12.0;
/// The largest change of level over 100 ms, dB.
const LEVEL_DB: f64 = 10.0;
/// The number of unsteady hops that are tolerated inside a segment.
const BRIDGE: i64 = 3;
/// The shortest and the longest segment, hops.
const SHORTEST: i64 = 20;
const LONGEST: i64 = 150;
/// The hops beside a segment in which a pause is sought, and how many of them must be silent.
const BEFORE: i64 = 20;
const AFTER: i64 = 30;
const SILENT: usize = 8;

/// A decided hop.
#[derive(Debug, Clone, Copy, Default)]
pub struct Heard {
    /// Pitch in Hz; 0: unvoiced.
    pub hz: f64,
    pub speech: f32,
    pub level_db: f64,
    /// The hop is next to a gap and is no evidence.
    pub masked: bool,
}

/// A finding in hops: from `first` up to, but not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    pub first: i64,
    pub end: i64,
    pub confidence: f32,
}

/// Finds the hesitations of one stream.
pub struct Hesitations {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    buffer: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// For each bin, the lower of its two bands and the share that it adds to the upper one.
    bins: Vec<(usize, f32)>,
    /// The shape of each hop's spectrum, at `hop % HELD`.
    shapes: Vec<[f32; BANDS]>,
    spectra: i64,
    heard: VecDeque<Heard>,
    next: i64,
    /// The pitch of the voice so far, semitones relative to 100 Hz.
    pitch: Histogram,
    /// The segment that is growing: its first hop and its last steady hop.
    segment: Option<(i64, i64)>,
    /// A segment that has ended and is judged by what follows.
    waiting: Option<(i64, i64)>,
}

impl Hesitations {
    pub fn new() -> Hesitations {
        let fft = RealFftPlanner::new().plan_fft_forward(FFT);
        let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
        let width = (mel(HIGH_HZ) - mel(LOW_HZ)) / (BANDS + 1) as f64;
        let bins = (0..=FFT / 2)
            .map(|bin| {
                let hz = bin as f64 * f64::from(RATE_HZ) / FFT as f64;
                let place = (mel(hz) - mel(LOW_HZ)) / width;
                if place < 0.0 { (usize::MAX, 0.0) } else { (place.floor() as usize, place.fract() as f32) }
            })
            .collect();
        let turn = 2.0 * std::f32::consts::PI / (WINDOW - 1) as f32;
        Hesitations {
            window: (0..WINDOW).map(|i| 0.54 - 0.46 * (turn * i as f32).cos()).collect(),
            buffer: vec![0.0; FFT],
            spectrum: fft.make_output_vec(),
            scratch: vec![Complex::default(); fft.get_scratch_len()],
            fft,
            bins,
            shapes: vec![[0.0; BANDS]; HELD as usize],
            spectra: 0,
            heard: VecDeque::with_capacity(HELD as usize + 1),
            next: 0,
            pitch: Histogram::new(3_000),
            segment: None,
            waiting: None,
        }
    }

    /// Takes the samples around the middle of the next hop: 25 ms.
    pub fn spectrum(&mut self, samples: &[f32]) {
        self.buffer.fill(0.0);
        for ((y, x), w) in self.buffer.iter_mut().zip(samples).zip(&self.window) {
            *y = x * w;
        }
        let done = self.fft.process_with_scratch(&mut self.buffer, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
        // Triangles on the mel scale: each bin belongs to two of them.
        let mut bands = [1e-9f32; BANDS];
        for (bin, &(lower, share)) in self.spectrum.iter().zip(&self.bins) {
            let power = bin.norm_sqr();
            if (1..=BANDS).contains(&lower) {
                bands[lower - 1] += power * (1.0 - share);
            }
            if lower < BANDS {
                bands[lower] += power * share;
            }
        }
        let decibels = bands.map(|power| 10.0 * power.log10());
        let mean = decibels.iter().sum::<f32>() / BANDS as f32;
        self.shapes[(self.spectra % HELD) as usize] = decibels.map(|db| db - mean);
        self.spectra += 1;
    }

    /// Takes the next decided hop. Spectra must be ahead by at least 6 hops.
    pub fn push(&mut self, heard: Heard) -> Option<Finding> {
        if self.heard.len() as i64 == HELD {
            self.heard.pop_front();
        }
        self.heard.push_back(heard);
        self.next += 1;
        if heard.hz > 0.0 && !heard.masked {
            self.pitch.push(semitones(heard.hz));
        }
        let hop = self.next - 1 - SPAN;
        let good = self.steady(hop);
        match self.segment {
            None if good => self.segment = Some((hop, hop)),
            Some((first, _)) if good => self.segment = Some((first, hop)),
            Some((first, last)) if hop - last > BRIDGE => {
                self.segment = None;
                if (SHORTEST..=LONGEST).contains(&(last - first + 2 * SPAN)) {
                    self.waiting = Some((first - SPAN, last + SPAN + 1));
                }
            }
            _ => {}
        }
        let (first, end) = self.waiting.filter(|(_, end)| self.next >= end + AFTER)?;
        self.waiting = None;
        self.judge(first, end)
    }

    /// Ends the stream, as if silence followed.
    pub fn finish(&mut self) -> Option<Finding> {
        (0..SPAN + BRIDGE + AFTER + 2).find_map(|_| self.push(Heard { level_db: -100.0, ..Heard::default() }))
    }

    fn at(&self, hop: i64) -> Option<&Heard> {
        self.heard.get(usize::try_from(hop - (self.next - self.heard.len() as i64)).ok()?)
    }

    /// Returns whether the voice is steady around `hop`: its pitch is flat, its sound and level do not change.
    fn steady(&self, hop: i64) -> bool {
        let (Some(before), Some(now), Some(after)) = (self.at(hop - SPAN), self.at(hop), self.at(hop + SPAN)) else {
            return false;
        };
        if now.hz == 0.0 || now.masked || (after.level_db - before.level_db).abs() >= LEVEL_DB {
            return false;
        }
        self.slope(hop).is_some_and(|slope| slope.abs() < SLOPE_ST) && self.change(hop) < SHAPE_DB
    }

    /// Returns the slope of the pitch, semitones per second, by least squares over the voiced hops around. `None`:
    /// fewer than nine of eleven are voiced.
    fn slope(&self, hop: i64) -> Option<f64> {
        let (mut n, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for step in -SPAN..=SPAN {
            let hz = self.at(hop + step)?.hz;
            if hz > 0.0 {
                let (t, st) = (step as f64 * 0.01, semitones(hz));
                n += 1.0;
                x += t;
                y += st;
                xx += t * t;
                xy += t * st;
            }
        }
        (n >= 9.0).then(|| (n * xy - x * y) / (n * xx - x * x))
    }

    /// Returns the RMS difference of the spectral shapes 50 ms before and after, each averaged over 30 ms.
    fn change(&self, hop: i64) -> f32 {
        let shape = |hop: i64, band: usize| self.shapes[hop.rem_euclid(HELD) as usize][band];
        let mut sum = 0.0;
        for band in 0..BANDS {
            let mean = |middle: i64| (middle - 1..=middle + 1).map(|hop| shape(hop, band)).sum::<f32>() / 3.0;
            sum += (mean(hop + SPAN) - mean(hop - SPAN)).powi(2);
        }
        (sum / BANDS as f32).sqrt()
    }

    fn judge(&self, first: i64, end: i64) -> Option<Finding> {
        let silent = |from: i64, to: i64| {
            (from..to).filter(|&hop| hop < 0 || self.at(hop).is_some_and(|heard| heard.speech < 0.5)).count()
        };
        let before = silent(first - BEFORE, first) >= SILENT;
        let after = silent(end, end + AFTER) >= SILENT;
        let inside = (first..end).filter_map(|hop| self.at(hop)).filter(|heard| heard.hz > 0.0 && heard.speech >= 0.5);
        let (sum, count) = inside.fold((0.0, 0), |(sum, n), heard| (sum + semitones(heard.hz), n + 1));
        if !(before || after) || count * 10 < (end - first) * 6 {
            return None;
        }
        let raised = sum / count as f64 - self.pitch.percentile(0.5)?;
        if raised > 0.5 {
            return None;
        }
        let long = ((end - first - SHORTEST) as f64 / 30.0).clamp(0.0, 1.0);
        let low = (-raised / 3.0).clamp(0.0, 1.0);
        let alone = if before && after { 1.0 } else { 0.0 };
        let confidence = (0.3 + 0.25 * alone + 0.25 * long + 0.2 * low) as f32;
        Some(Finding { first, end, confidence })
    }
}

fn semitones(hz: f64) -> f64 {
    12.0 * (hz / 100.0).log2()
}

/// The samples on each side of a hop's middle that [`Hesitations::spectrum`] needs.
pub const HALF_WINDOW: i64 = (WINDOW / 2) as i64;
const _: () = assert!(HALF_WINDOW < (HOP as i64) * 2);
