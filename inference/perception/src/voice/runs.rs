//! Voiced runs: collects the decided pitch, and measures jitter, shimmer and harmonicity when a run ends.

use super::harmonicity::Harmonicity;
use super::perturbation::{self, Amplitude};
use super::pulses::Voiced;
use super::tape::Tape;
use super::{HOP, RATE_HZ};
use coach_core::MediaTime;
use coach_core::journal::VoicedRun;

/// The longest run, hops: 3 s. A longer one is measured in pieces.
const LONGEST: usize = 300;
/// The shortest run, hops. Shorter ones hold too few periods.
const SHORTEST: usize = 3;
/// The samples beyond a run that may be read: two of the longest periods.
const MARGIN: i64 = 640;

/// The samples that must stay on the tape for the longest run, from its start until it is measured.
pub const REACH: usize = LONGEST * HOP + 2 * MARGIN as usize + 32 * HOP;

/// Collects one run at a time.
pub struct Runs {
    f0: Vec<f64>,
    first: i64,
    harmonicity: Harmonicity,
    pulses: Vec<f64>,
    periods: Vec<f64>,
    amplitudes: Vec<Amplitude>,
}

impl Runs {
    pub fn new() -> Option<Runs> {
        // The periods of 3 s at the highest pitch.
        let room = 2_000;
        Some(Runs {
            f0: Vec::with_capacity(LONGEST),
            first: 0,
            harmonicity: Harmonicity::new(f64::from(RATE_HZ))?,
            pulses: Vec::with_capacity(room),
            periods: Vec::with_capacity(room),
            amplitudes: Vec::with_capacity(room),
        })
    }

    /// Takes the next decided hop and its pitch in Hz, 0: unvoiced. Returns the run that ended with it.
    pub fn push(&mut self, hop: i64, hz: f64, tape: &Tape, peak: f64) -> Option<(i64, i64, VoicedRun)> {
        if hz > 0.0 {
            if self.f0.is_empty() {
                self.first = hop;
            }
            self.f0.push(hz);
            if self.f0.len() < LONGEST {
                return None;
            }
        }
        self.close(tape, peak)
    }

    /// Ends the run. Returns its first hop, the hop after its last, and its measures without times; `None` when there
    /// is no run.
    pub fn close(&mut self, tape: &Tape, peak: f64) -> Option<(i64, i64, VoicedRun)> {
        let (length, first) = (self.f0.len() as i64, self.first);
        if (length as usize) < SHORTEST {
            self.f0.clear();
            return None;
        }
        let rate_hz = f64::from(RATE_HZ);
        let from = tape.index(first * HOP as i64 - MARGIN);
        let (held, number) = tape.held();
        let to = tape.index((first + length) * HOP as i64 + MARGIN);
        let samples = &held[from..to];
        let base = number + from as i64;
        let centre = |hop: i64| (hop * HOP as i64 + HOP as i64 / 2 - base) as f64;
        let voiced = Voiced { samples, rate_hz, f0: &self.f0, t0: centre(first) / rate_hz, dt: 0.01, peak };
        self.pulses.clear();
        let mut added = f64::NEG_INFINITY;
        voiced.find(0, self.f0.len() - 1, &mut added, &mut self.pulses);
        let jitter = perturbation::jitter(&self.pulses, &mut self.periods);
        let shimmer = perturbation::shimmer(&self.pulses, samples, rate_hz, &mut self.amplitudes);
        let (mut sum, mut count) = (0.0, 0);
        for hop in first..first + length {
            if let Some(db) = self.harmonicity.measure(samples, centre(hop) / rate_hz, peak) {
                sum += db;
                count += 1;
            }
        }
        self.f0.clear();
        let number = |x: Option<f64>| x.filter(|x| x.is_finite()).map(|x| x as f32);
        let zero = MediaTime::ZERO;
        let run = VoicedRun {
            t: zero,
            start: zero,
            end: zero,
            jitter_local: number(jitter.local),
            jitter_rap: number(jitter.rap),
            jitter_ppq5: number(jitter.ppq5),
            shimmer_local: number(shimmer.local),
            hnr_db: (count > 0).then(|| (sum / f64::from(count)) as f32),
        };
        Some((first, first + length, run))
    }
}
