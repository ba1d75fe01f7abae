//! The voice report for phoneticians: Praat's measures under Praat's names, on Praat's grid, at the sound's own rate.
//!
//! Praat's commands with their usual settings: `To Pitch (ac): 0.01, 75, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 500`,
//! `To PointProcess (cc)`, `Get jitter …: 0, 0, 0.0001, 0.02, 1.3`, `Get shimmer …: 0, 0, 0.0001, 0.02, 1.3, 1.6`,
//! `To Harmonicity (cc): 0.01, 75, 0.1, 1.0`, `To Intensity: 100, 0.01, "yes"`. Nothing is filtered or resampled.

use super::Error;
use super::grid::Grid;
use super::harmonicity::Harmonicity;
use super::intensity::Meter;
use super::perturbation;
use super::pitch::{Analyzer, FLOOR_HZ, Frame, Path};
use super::pulses::Voiced;
use serde::Serialize;

/// The longest sound, samples: six hours at 48 kHz.
pub const MAX_SAMPLES: usize = 1 << 30;
const STEP: f64 = 0.01;

/// The measures of a sound; `null` where it holds too little for one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoiceReport {
    /// Seconds.
    pub duration: f64,
    pub rate_hz: u32,
    /// Share of the frames that are voiced, 0 to 1.
    pub voiced_fraction: Option<f64>,
    /// Hz, over voiced frames.
    pub f0_mean: Option<f64>,
    pub f0_median: Option<f64>,
    pub f0_sd: Option<f64>,
    pub f0_min: Option<f64>,
    pub f0_max: Option<f64>,
    /// Semitones: standard deviation, and what lies between the 5th and the 95th percentile.
    pub st_sd: Option<f64>,
    pub st_range_5_95: Option<f64>,
    pub pulses: usize,
    /// Ratios (0.01 = 1 %).
    pub jitter_local: Option<f64>,
    /// Seconds.
    pub jitter_local_absolute: Option<f64>,
    pub jitter_rap: Option<f64>,
    pub jitter_ppq5: Option<f64>,
    pub jitter_ddp: Option<f64>,
    /// Ratios.
    pub shimmer_local: Option<f64>,
    /// dB.
    pub shimmer_local_db: Option<f64>,
    pub shimmer_apq3: Option<f64>,
    pub shimmer_apq5: Option<f64>,
    pub shimmer_apq11: Option<f64>,
    /// dB, over the frames that are not silent.
    pub hnr_cc_mean: Option<f64>,
    pub hnr_cc_sd: Option<f64>,
    /// dB re 2e-5 for samples of ±1: mean, standard deviation and maximum over the frames.
    pub intensity_mean: Option<f64>,
    pub intensity_sd: Option<f64>,
    pub intensity_max: Option<f64>,
    /// Why the pitch is not to be taken as it stands; absent where nothing is known against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    /// The curves, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<Frames>,
}

/// What is said of a voice whose periods are half as long as the shortest that is looked for.
const ABOVE_CEILING: &str =
    "the voice seems to lie above the ceiling of 500 Hz: its pitch is then twice what is given here";

/// Curves over time; value `k` is at `t0 + k dt` seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frames {
    pub t0: f64,
    pub dt: f64,
    /// Hz; 0 = unvoiced.
    pub f0: Vec<f64>,
    pub intensity_t0: f64,
    pub intensity_dt: f64,
    /// dB.
    pub intensity: Vec<f64>,
}

/// Measures a whole sound: mono samples, ±1, at `rate_hz`. `frames`: the curves are added. NaN counts as silence.
///
/// # Errors
/// The rate is out of 8 to 192 kHz, or the sound is shorter than a pitch window (40 ms) or longer than [`MAX_SAMPLES`].
pub fn voice_report(samples: &[f32], rate_hz: u32, frames: bool) -> Result<VoiceReport, Error> {
    if !(8_000..=192_000).contains(&rate_hz) {
        return Err(Error::Rate(rate_hz));
    }
    if samples.len() > MAX_SAMPLES {
        return Err(Error::TooLong(samples.len()));
    }
    let clean: Vec<f32>;
    let samples = if samples.iter().all(|x| x.is_finite()) {
        samples
    } else {
        clean = samples.iter().map(|&x| if x.is_finite() { x } else { 0.0 }).collect();
        &clean
    };
    let rate = f64::from(rate_hz);
    let grid = Grid::new(samples.len(), rate, 3.0 / FLOOR_HZ, STEP);
    if grid.frames == 0 {
        return Err(Error::TooShort(samples.len()));
    }
    let f0 = contour(samples, rate_hz, &grid)?;
    let mut report = VoiceReport::empty(samples.len() as f64 / rate, rate_hz);
    report.describe_pitch(&f0);
    report.note = lies_above_the_ceiling(samples, rate, &f0, &grid).then_some(ABOVE_CEILING);
    report.describe_pulses(samples, &f0, &grid);
    report.describe_harmonicity(samples)?;
    let (intensity_grid, intensity) = loudness(samples, rate);
    (report.intensity_mean, report.intensity_sd) = mean_and_sd(&intensity);
    report.intensity_max = intensity.iter().copied().reduce(f64::max);
    report.frames = frames.then_some(Frames {
        t0: grid.t0,
        dt: grid.dt,
        f0,
        intensity_t0: intensity_grid.t0,
        intensity_dt: intensity_grid.dt,
        intensity,
    });
    Ok(report)
}

/// Returns the largest absolute value of the sound after its mean was subtracted.
fn peak(samples: &[f32]) -> f64 {
    let mean = samples.iter().map(|&x| f64::from(x)).sum::<f64>() / samples.len().max(1) as f64;
    samples.iter().fold(0.0, |top, &x| top.max((f64::from(x) - mean).abs()))
}

fn contour(samples: &[f32], rate_hz: u32, grid: &Grid) -> Result<Vec<f64>, Error> {
    let mut analyzer = Analyzer::new(f64::from(rate_hz), FLOOR_HZ).ok_or(Error::Rate(rate_hz))?;
    let peak = peak(samples);
    let mut f0 = Vec::with_capacity(grid.frames);
    if peak == 0.0 {
        f0.resize(grid.frames, 0.0);
        return Ok(f0);
    }
    let (mut frame, mut path) = (Frame::default(), Path::new(64));
    let reach = analyzer.reach();
    for i in 0..grid.frames {
        // Rounding can put the first or last frame one sample beyond the edge.
        let centre = grid.before(i).clamp(reach, samples.len() - reach);
        analyzer.analyze(samples, centre, peak, &mut frame);
        path.push(&frame);
        if path.undecided() >= 64 {
            path.settle(|decision| f0.push(decision.hz));
        }
    }
    path.finish(|decision| f0.push(decision.hz));
    Ok(f0)
}

/// Whether the sound repeats itself after half of most periods that were found, as it does where the true pitch is beyond the search.
fn lies_above_the_ceiling(samples: &[f32], rate_hz: f64, f0: &[f64], grid: &Grid) -> bool {
    let voiced = f0.iter().filter(|hz| **hz > 0.0).count();
    let halved = |(i, hz): &(usize, &f64)| {
        let period = rate_hz / **hz;
        let at = grid.before(*i);
        let whole = likeness(samples, at, period);
        let half = likeness(samples, at, period / 2.0);
        half > 0.9 && half > whole - 0.05
    };
    // Twice what is found has to be above the ceiling.
    let found = f0.iter().enumerate().filter(|(_, hz)| (245.0..=500.0).contains(*hz)).filter(halved).count();
    voiced >= 20 && found * 10 > voiced * 7
}

/// How much a piece of the sound around `at` resembles the one `lag` samples later, -1 to 1.
fn likeness(samples: &[f32], at: usize, lag: f64) -> f64 {
    let (lag, length) = (lag.round() as usize, (3.0 * lag).ceil() as usize);
    let start = at.saturating_sub(length / 2);
    let (Some(one), Some(other)) = (samples.get(start..start + length), samples.get(start + lag..start + lag + length))
    else {
        return -1.0;
    };
    let (mut product, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in one.iter().zip(other).map(|(a, b)| (f64::from(*a), f64::from(*b))) {
        (product, first, second) = (product + a * b, first + a * a, second + b * b);
    }
    if first * second > 0.0 { product / (first * second).sqrt() } else { -1.0 }
}

fn loudness(samples: &[f32], rate_hz: f64) -> (Grid, Vec<f64>) {
    let meter = Meter::new(rate_hz);
    let grid = Grid::new(samples.len(), rate_hz, Meter::window_seconds(), STEP);
    let curve = (0..grid.frames).map(|i| meter.measure(samples, (grid.position(i) + 0.5).floor() as usize)).collect();
    (grid, curve)
}

/// Returns the mean, and the standard deviation of the population.
fn mean_and_sd(values: &[f64]) -> (Option<f64>, Option<f64>) {
    if values.is_empty() {
        return (None, None);
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64;
    (Some(mean), Some(variance.sqrt()))
}

/// Returns a percentile, interpolated linearly. `sorted` must not be empty.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * place.fract()
}

impl VoiceReport {
    fn empty(duration: f64, rate_hz: u32) -> VoiceReport {
        VoiceReport {
            duration,
            rate_hz,
            voiced_fraction: None,
            f0_mean: None,
            f0_median: None,
            f0_sd: None,
            f0_min: None,
            f0_max: None,
            st_sd: None,
            st_range_5_95: None,
            pulses: 0,
            jitter_local: None,
            jitter_local_absolute: None,
            jitter_rap: None,
            jitter_ppq5: None,
            jitter_ddp: None,
            shimmer_local: None,
            shimmer_local_db: None,
            shimmer_apq3: None,
            shimmer_apq5: None,
            shimmer_apq11: None,
            hnr_cc_mean: None,
            hnr_cc_sd: None,
            note: None,
            intensity_mean: None,
            intensity_sd: None,
            intensity_max: None,
            frames: None,
        }
    }

    fn describe_pitch(&mut self, f0: &[f64]) {
        let mut voiced: Vec<f64> = f0.iter().copied().filter(|&hz| hz > 0.0).collect();
        self.voiced_fraction = Some(voiced.len() as f64 / f0.len().max(1) as f64);
        if voiced.is_empty() {
            return;
        }
        (self.f0_mean, self.f0_sd) = mean_and_sd(&voiced);
        voiced.sort_by(f64::total_cmp);
        self.f0_median = Some(percentile(&voiced, 0.5));
        (self.f0_min, self.f0_max) = (voiced.first().copied(), voiced.last().copied());
        let semitones: Vec<f64> = voiced.iter().map(|hz| 12.0 * (hz / 100.0).log2()).collect();
        self.st_sd = mean_and_sd(&semitones).1;
        self.st_range_5_95 = Some(percentile(&semitones, 0.95) - percentile(&semitones, 0.05));
    }

    fn describe_pulses(&mut self, samples: &[f32], f0: &[f64], grid: &Grid) {
        let rate_hz = f64::from(self.rate_hz);
        let loudest = samples.iter().fold(0.0, |top: f64, &x| top.max(f64::from(x).abs()));
        let voiced = Voiced { samples, rate_hz, f0, t0: grid.t0, dt: grid.dt, peak: loudest };
        let (mut pulses, mut added) = (Vec::new(), f64::NEG_INFINITY);
        let mut first = 0;
        for run in f0.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)) {
            if run[0] > 0.0 {
                voiced.find(first, first + run.len() - 1, &mut added, &mut pulses);
            }
            first += run.len();
        }
        pulses.sort_by(f64::total_cmp);
        self.pulses = pulses.len();
        let jitter = perturbation::jitter(&pulses, &mut Vec::new());
        self.jitter_local = jitter.local;
        self.jitter_local_absolute = jitter.local_absolute;
        self.jitter_rap = jitter.rap;
        self.jitter_ppq5 = jitter.ppq5;
        self.jitter_ddp = jitter.ddp;
        let shimmer = perturbation::shimmer(&pulses, samples, rate_hz, &mut Vec::new());
        self.shimmer_local = shimmer.local;
        self.shimmer_local_db = shimmer.local_db;
        self.shimmer_apq3 = shimmer.apq3;
        self.shimmer_apq5 = shimmer.apq5;
        self.shimmer_apq11 = shimmer.apq11;
    }

    fn describe_harmonicity(&mut self, samples: &[f32]) -> Result<(), Error> {
        let rate_hz = f64::from(self.rate_hz);
        let mut harmonicity = Harmonicity::new(rate_hz).ok_or(Error::Rate(self.rate_hz))?;
        let peak = peak(samples);
        let grid = Grid::new(samples.len(), rate_hz, Harmonicity::window_seconds(), STEP);
        let values: Vec<f64> =
            (0..grid.frames).filter_map(|i| harmonicity.measure(samples, grid.time(i), peak)).collect();
        (self.hnr_cc_mean, self.hnr_cc_sd) = mean_and_sd(&values);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(hz: f64) -> Option<&'static str> {
        let wave = |n: i32| {
            let t = std::f64::consts::TAU * hz * f64::from(n) / 16_000.0;
            (0.25 * t.sin() + 0.2 * (2.0 * t).sin() + 0.1 * (3.0 * t).sin()) as f32
        };
        let samples: Vec<f32> = (0..32_000).map(wave).collect();
        voice_report(&samples, 16_000, false).unwrap().note
    }

    #[test]
    fn a_voice_above_the_ceiling_is_said_to_be_there() {
        for hz in [520.0, 560.0, 640.0] {
            assert_eq!(note(hz), Some(ABOVE_CEILING), "{hz} Hz");
        }
        for hz in [100.0, 200.0, 260.0, 300.0, 400.0, 480.0] {
            assert_eq!(note(hz), None, "{hz} Hz");
        }
    }
}
