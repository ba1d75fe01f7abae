//! Confidence: a steady voice and a face that stays with the listener. It describes delivery, not how sure anybody feels.

use super::{Formula, Input};
use crate::metrics::{
    brow_tension, eye_contact, head_movement, lip_press, phrase_end_level, pitch_drift, presence, voice_stability,
    volume_consistency, volume_level,
};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Confidence,
    id: "confidence",
    version: 6,
    inputs: &[
        Input { metric: &eye_contact::METRIC, weight: 0.24, curve: eye_contact::CURVE, pillar: true },
        Input { metric: &presence::METRIC, weight: 0.06, curve: presence::CURVE, pillar: true },
        Input { metric: &head_movement::METRIC, weight: 0.10, curve: head_movement::CURVE, pillar: true },
        Input { metric: &brow_tension::METRIC, weight: 0.06, curve: brow_tension::CURVE, pillar: false },
        Input { metric: &lip_press::METRIC, weight: 0.05, curve: lip_press::CURVE, pillar: false },
        Input { metric: &volume_level::METRIC, weight: 0.12, curve: volume_level::CURVE, pillar: true },
        Input { metric: &volume_consistency::METRIC, weight: 0.12, curve: volume_consistency::CURVE, pillar: true },
        Input { metric: &phrase_end_level::METRIC, weight: 0.10, curve: phrase_end_level::CURVE, pillar: true },
        Input { metric: &pitch_drift::METRIC, weight: 0.06, curve: pitch_drift::CURVE, pillar: false },
        Input { metric: &voice_stability::METRIC, weight: 0.09, curve: voice_stability::CURVE, pillar: false },
    ],
    instead: &[],
    over_time: true,
    lacks: |e| e.lacks_speech().or_else(|| e.lacks_face()),
};
