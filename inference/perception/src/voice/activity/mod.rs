//! Is somebody speaking? A neural detector where there is one, sharpened by level; level alone where there is none.

mod level;
mod silero;

pub use level::Level;
use silero::Silero;

use crate::runtime::{self, Runtime};
use crate::voice::HOP;
use coach_core::journal::VoiceActivityModel;

/// Samples around a hop's centre in which the detector may have heard what the hop belongs to: 40 ms.
const EITHER_SIDE: i64 = 640;
/// The threshold falls so far where the network is sure.
const LEANING_DB: f64 = 4.0;

/// The detector of one stream.
pub struct Activity {
    silero: Option<Box<Silero>>,
}

impl Activity {
    /// Silero VAD (16 kHz, opset 15 or 16) from its ONNX bytes.
    ///
    /// # Errors
    /// When ONNX Runtime refuses the model, or it is another model.
    pub fn silero(runtime: &Runtime, onnx: &[u8]) -> Result<Activity, runtime::Error> {
        Ok(Activity { silero: Some(Box::new(Silero::new(runtime, onnx)?)) })
    }

    /// Level alone.
    pub fn energy() -> Activity {
        Activity { silero: None }
    }

    /// What the journal's header says about it.
    pub fn model(&self) -> VoiceActivityModel {
        if self.silero.is_some() { VoiceActivityModel::Silero } else { VoiceActivityModel::Energy }
    }

    /// Hears the next hop (10 ms at 16 kHz, as recorded: no high-pass). Returns the network's probability of speech for the window
    /// of 32 ms that the hop completes; never one without the network.
    pub fn push(&mut self, hop: &[f32]) -> Result<Option<f32>, runtime::Error> {
        self.silero.as_mut().map_or(Ok(None), |silero| silero.push(hop))
    }

    /// The probability that `hop` is speech, 0 to 1.
    ///
    /// The network answers in steps of 32 ms and hangs over the ends of words; the level is exact at edges, but takes every
    /// noise for speech. Both must agree; where the network is sure, a weak consonant need not rise as far over the noise.
    pub fn probability(&self, hop: i64, level: &Level) -> f32 {
        let centre = hop * HOP as i64 + HOP as i64 / 2;
        let Some(silero) = &self.silero else { return level.gate(hop, 0.0) as f32 };
        let sure = f64::from((silero.highest(centre, centre) - 0.5) / 0.4).clamp(0.0, 1.0);
        silero.highest(centre - EITHER_SIDE, centre + EITHER_SIDE).min(level.gate(hop, LEANING_DB * sure) as f32)
    }
}
