//! Confidence: a steady voice and a face that stays with the listener. It describes delivery, not how sure anybody feels.

use super::{Formula, Input};
use crate::metrics::{
    brow_tension, eye_contact, head_movement, lip_press, phrase_end_level, pitch_drift, voice_stability,
    volume_consistency, volume_level,
};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Confidence,
    id: "confidence",
    version: 2,
    inputs: &[
        Input { metric: &eye_contact::METRIC, weight: 0.27, curve: eye_contact::CURVE },
        Input { metric: &head_movement::METRIC, weight: 0.13, curve: head_movement::CURVE },
        Input { metric: &brow_tension::METRIC, weight: 0.07, curve: brow_tension::CURVE },
        Input { metric: &lip_press::METRIC, weight: 0.05, curve: lip_press::CURVE },
        Input { metric: &volume_level::METRIC, weight: 0.08, curve: volume_level::CURVE },
        Input { metric: &volume_consistency::METRIC, weight: 0.12, curve: volume_consistency::CURVE },
        Input { metric: &phrase_end_level::METRIC, weight: 0.10, curve: phrase_end_level::CURVE },
        Input { metric: &pitch_drift::METRIC, weight: 0.08, curve: pitch_drift::CURVE },
        Input { metric: &voice_stability::METRIC, weight: 0.10, curve: voice_stability::CURVE },
    ],
};
