//! Words: segments of speech in, phrases with the times of their words out. English, by Moonshine tiny.
//!
//! * [`Cutter`] cuts one stream at pauses, by the voice activity detector; [`crate::voice::Listener`] feeds it.
//! * [`Recognizer`] writes down a segment. One serves a whole process: segments wait for their turn.
//! * [`graph`] changes the model's networks before they are loaded; [`decode`], `times` and [`vocabulary`] turn scores into words.
//!
//! docs/WORDS.md says how many words are wrong, and for whom that was not measured.

mod cutter;
pub mod decode;
pub mod graph;
mod recognizer;
mod segment;
mod times;
pub mod vocabulary;

pub use cutter::{Cutter, Segment};
pub use recognizer::{Error, Files, Recognizer};

/// What phrases and headers call the recognizer.
pub const SOURCE: &str = "moonshine-tiny-en 0.1.29";

/// A phrase whose mean log-probability is below this is uncertain.
pub const UNCERTAIN_LOGP: f32 = -0.35;
