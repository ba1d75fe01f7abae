//! Voice: samples in, observations out, in hops of 10 ms.
//!
//! [`Listener`] is the live analysis: one speaker, live or from a file, with a look-ahead of 100 ms. [`report`] is for
//! phoneticians: Praat's measures under Praat's names on Praat's grid. Both use the same kernels: [`pitch`],
//! [`pulses`], [`perturbation`], [`harmonicity`], [`intensity`].

pub mod activity;
mod filter;
mod gaps;
mod grid;
pub mod harmonicity;
mod hesitation;
mod histogram;
pub mod intensity;
mod listener;
mod nuclei;
pub mod perturbation;
pub mod pitch;
pub mod pulses;
pub mod report;
mod resample;
mod runs;
mod tape;

pub use activity::Activity;
pub use listener::{Listener, Provisional, Tuning};

use crate::runtime;

/// The rate at which the live analysis measures, Hz.
pub const RATE_HZ: u32 = 16_000;
/// The number of samples in a hop of 10 ms.
pub const HOP: usize = 160;

/// Why a voice cannot be analyzed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a sampling rate of {0} Hz cannot be analyzed: give 8000 to 192000 Hz")]
    Rate(u32),
    #[error("the sound is too short: {0} samples, give at least 40 ms")]
    TooShort(usize),
    #[error("the sound is too long: {0} samples, give at most {max}", max = report::MAX_SAMPLES)]
    TooLong(usize),
    #[error("the voice activity detector failed: {0}")]
    Activity(#[from] runtime::Error),
}
