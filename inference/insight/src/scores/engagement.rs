//! Engagement: a lively voice and face.

use super::{Formula, Input};
use crate::metrics::{expressiveness, pitch_variation, smile};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Engagement,
    id: "engagement",
    version: 6,
    inputs: &[
        Input { metric: &pitch_variation::METRIC, weight: 0.60, curve: pitch_variation::CURVE, pillar: true },
        Input { metric: &expressiveness::METRIC, weight: 0.22, curve: expressiveness::CURVE, pillar: false },
        Input { metric: &smile::METRIC, weight: 0.18, curve: smile::CURVE, pillar: false },
    ],
    instead: &[],
    over_time: true,
    lacks: |e| e.lacks_speech().or_else(|| e.lacks_face()).or_else(|| e.lacks_open_eyes()),
};
