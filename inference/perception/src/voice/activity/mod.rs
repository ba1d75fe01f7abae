//! Detects speech: by a neural detector, refined by level, or by level alone where there is no model.

mod level;
mod silero;

pub use level::Level;
use silero::Silero;

use crate::runtime::{self, Runtime};
use crate::voice::HOP;
use coach_core::journal::VoiceActivityModel;

/// The samples around a hop's centre that the detector's answer may be about: 40 ms.
const EITHER_SIDE: i64 = 640;
/// How far the threshold of the level above the noise is lowered where the network is sure, dB.
const LEANING_DB: f64 = 4.0;

/// The detector of one stream.
pub struct Activity {
    silero: Option<Box<Silero>>,
}

impl Activity {
    /// Creates a detector with Silero VAD (16 kHz, opset 15 or 16) from its ONNX bytes.
    ///
    /// # Errors
    /// ONNX Runtime refuses the model, or it is another model.
    pub fn silero(runtime: &Runtime, onnx: &[u8]) -> Result<Activity, runtime::Error> {
        Ok(Activity { silero: Some(Box::new(Silero::new(runtime, onnx)?)) })
    }

    /// Creates a detector by level alone.
    pub fn energy() -> Activity {
        Activity { silero: None }
    }

    /// Returns the model as the journal's header names it.
    pub fn model(&self) -> VoiceActivityModel {
        if self.silero.is_some() { VoiceActivityModel::Silero } else { VoiceActivityModel::Energy }
    }

    /// Returns the measure of the level for [`Activity::probability`].
    pub fn level(&self) -> Level {
        if self.silero.is_some() { Level::beside_a_network() } else { Level::alone() }
    }

    /// Takes the next hop (10 ms at 16 kHz, as recorded, without high-pass). Returns the network's probability of
    /// speech for the window of 32 ms that the hop completes. `None`: it completes none, or there is no network.
    pub fn push(&mut self, hop: &[f32]) -> Result<Option<f32>, runtime::Error> {
        self.silero.as_mut().map_or(Ok(None), |silero| silero.push(hop))
    }

    /// Returns the probability that `hop` is speech, 0 to 1.
    ///
    /// The network answers in steps of 32 ms and lags at the ends of words; the level is exact at edges, but takes
    /// every noise for speech. Both must agree. Where the network is sure, a weak consonant may rise less above the
    /// noise.
    pub fn probability(&self, hop: i64, level: &Level) -> f32 {
        let centre = hop * HOP as i64 + HOP as i64 / 2;
        let Some(silero) = &self.silero else { return level.gate(hop, 0.0) as f32 };
        let sure = f64::from((silero.highest(centre, centre) - 0.5) / 0.4).clamp(0.0, 1.0);
        silero.highest(centre - EITHER_SIDE, centre + EITHER_SIDE).min(level.gate(hop, LEANING_DB * sure) as f32)
    }
}
