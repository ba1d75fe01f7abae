//! The metrics, one per file: what it is, its unit, its window, what it is read against, and where it comes from.

pub mod answer_length;
pub mod arousal;
pub mod articulation_rate;
pub mod blink_rate;
pub mod brow_tension;
pub mod expressiveness;
pub mod eye_contact;
pub mod framing;
pub mod head_movement;
pub mod hesitations;
pub mod light;
pub mod lip_press;
pub mod long_pauses;
pub mod moments;
pub mod nods;
pub mod pace;
pub mod pause_share;
pub mod phonation_ratio;
pub mod phrase_end_level;
pub mod phrase_end_pitch;
pub mod pitch_drift;
pub mod pitch_range;
pub mod pitch_variation;
pub mod presence;
pub mod response_latency;
pub mod shakes;
pub mod smile;
pub mod stress_height;
pub mod stress_recovery;
pub mod stress_spikes;
pub mod valence;
pub mod voice_stability;
pub mod volume_consistency;
pub mod volume_level;

use crate::scene::{Scene, Totals, ratio};
use crate::texts;
use coach_core::report::Moment;

/// Least evidence for an input of a score: seconds of speech, seconds of good face.
pub const LEAST_SPEECH_S: f64 = 15.0;
pub const LEAST_FACE_S: f64 = 10.0;

/// Poorer than this, pitch and perturbation tell of the room, dB as the detector reads it: 20 dB of white noise or babble mixed to clean
/// readings are read as 16.5 to 21 dB, and babble of 15 dB doubled the spread of one voice's pitch.
pub const LEAST_SNR_DB: f32 = 17.0;
/// Where less of the speech is voiced, the voice cannot be told from the room: clean voices have 0.65 to 0.8, the poorest recording 0.08.
pub const LEAST_VOICED_SHARE: f64 = 0.25;

/// What a metric is. The numbers are made by `measure`.
#[derive(Debug)]
pub struct Metric {
    pub id: &'static str,
    /// "syl/s", "dB", … "" for a number without unit.
    pub unit: &'static str,
    /// Over what it is taken.
    pub window: &'static str,
    /// What it is read against.
    pub baseline: &'static str,
    /// Where the definition and its limits come from.
    pub source: &'static str,
    pub measure: fn(&Scene) -> Measure,
}

/// One metric over one scene.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measure {
    /// `None`: not enough to say.
    pub value: Option<f32>,
    /// Share of the scene's time it could be taken over, 0 to 1.
    pub coverage: f32,
    /// Why there is no value, where it is not for want of evidence.
    pub reason: Option<String>,
    /// The person's own usual value.
    pub baseline: Option<f32>,
    /// What moved it, strongest first, both ways; empty unless asked for.
    pub moments: Vec<Moment>,
}

/// All metrics, in the order in which they are listed.
pub const ALL: [&Metric; 33] = [
    &pace::METRIC,
    &articulation_rate::METRIC,
    &long_pauses::METRIC,
    &pause_share::METRIC,
    &phonation_ratio::METRIC,
    &response_latency::METRIC,
    &answer_length::METRIC,
    &hesitations::METRIC,
    &pitch_variation::METRIC,
    &pitch_range::METRIC,
    &pitch_drift::METRIC,
    &phrase_end_pitch::METRIC,
    &phrase_end_level::METRIC,
    &volume_level::METRIC,
    &volume_consistency::METRIC,
    &voice_stability::METRIC,
    &eye_contact::METRIC,
    &presence::METRIC,
    &framing::METRIC,
    &light::METRIC,
    &head_movement::METRIC,
    &nods::METRIC,
    &shakes::METRIC,
    &blink_rate::METRIC,
    &smile::METRIC,
    &expressiveness::METRIC,
    &brow_tension::METRIC,
    &lip_press::METRIC,
    &valence::METRIC,
    &arousal::METRIC,
    &stress_spikes::METRIC,
    &stress_height::METRIC,
    &stress_recovery::METRIC,
];

impl Scene<'_> {
    /// A measure of the voice: `value` counts when there was enough speech.
    pub(crate) fn voiced(&self, value: Option<f32>) -> Measure {
        let enough = self.totals.speech_s >= LEAST_SPEECH_S;
        Measure {
            value: value.filter(|v| enough && v.is_finite()),
            coverage: share(self.totals.heard_s, self.totals.span_s),
            ..Measure::default()
        }
    }

    /// A measure of how the voice sounds: nothing is said where the room is too loud to tell.
    pub(crate) fn toned(&self, value: Option<f32>) -> Measure {
        let noisy = self.too_noisy();
        Measure { reason: noisy.then(texts::too_noisy), ..self.voiced(value.filter(|_| !noisy)) }
    }

    /// A measure of the face, known for `known_s` seconds.
    pub(crate) fn faced(&self, value: Option<f32>, known_s: f64) -> Measure {
        // A hundredth less, because ten seconds of frames at a rate that does not divide a second sum to a little less.
        let enough = known_s >= LEAST_FACE_S - 0.1;
        Measure {
            value: value.filter(|v| enough && v.is_finite()),
            coverage: share(known_s, self.totals.span_s),
            ..Measure::default()
        }
    }

    /// The mean of what a face did: its sum and the seconds it is known for, and windows of `ms` of which half is known.
    pub(crate) fn averaged(
        &self,
        of: fn(&Totals) -> (f64, f64),
        ms: i64,
        quality: impl Fn(f32) -> f32,
        why: impl Fn(f32) -> String,
    ) -> Measure {
        let mean = |totals: &Totals, least_s: f64| {
            let (sum, known_s) = of(totals);
            ratio(sum, known_s).filter(|_| known_s >= least_s)
        };
        self.faced(mean(&self.totals, 0.0), of(&self.totals).1).with_windows(
            self,
            ms,
            |totals| mean(totals, ms as f64 / 2000.0),
            quality,
            why,
        )
    }
}

impl Measure {
    /// It is read against the person's face at rest, where that is known.
    pub(crate) fn over_rest(self, scene: &Scene) -> Measure {
        Measure { baseline: Some(0.0).filter(|_| scene.baseline.rest.is_some()), ..self }
    }
}

/// A share of the time, 0 to 1.
pub(crate) fn share(part: f64, of: f64) -> f32 {
    ratio(part, of).unwrap_or(0.0).clamp(0.0, 1.0)
}
