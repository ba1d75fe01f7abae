//! Pitch by autocorrelation with Praat's standard settings (floor 75 Hz, ceiling 500 Hz, a frame every 10 ms).
//!
//! Paul Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled
//! sound", 1993. [`Analyzer`] gives the candidates of a frame, [`Path`] chooses among them.

mod frame;
mod path;
pub mod sinc;

pub use frame::Analyzer;
pub use path::{Decision, Path};

pub const FLOOR_HZ: f64 = 75.0;
pub const CEILING_HZ: f64 = 500.0;
/// The most candidates of a frame, "unvoiced" included.
pub const MAX_CANDIDATES: usize = 15;
const VOICING_THRESHOLD: f64 = 0.45;
const SILENCE_THRESHOLD: f64 = 0.03;
const OCTAVE_COST: f64 = 0.01;

/// A possible pitch of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Candidate {
    /// The pitch in Hz; 0: unvoiced.
    pub hz: f64,
    /// The normalised autocorrelation, up to 1.
    pub strength: f64,
}

/// The candidates of one frame.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The local peak over the peak of the whole signal, 0 to 1.
    pub intensity: f64,
    /// The candidates; the first is always "unvoiced".
    pub candidates: [Candidate; MAX_CANDIDATES],
    /// The number of candidates in use.
    pub len: usize,
}

impl Frame {
    /// Removes all candidates but "unvoiced".
    pub fn clear(&mut self, intensity: f64) {
        self.intensity = intensity;
        self.candidates[0] = Candidate::default();
        self.len = 1;
    }
}
