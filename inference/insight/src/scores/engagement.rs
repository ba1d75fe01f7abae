//! Engagement: a lively voice and face.

use super::{Formula, Input};
use crate::metrics::{expressiveness, nods, pitch_variation, smile};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Engagement,
    id: "engagement",
    version: 2,
    inputs: &[
        Input { metric: &pitch_variation::METRIC, weight: 0.45, curve: pitch_variation::CURVE },
        Input { metric: &expressiveness::METRIC, weight: 0.30, curve: expressiveness::CURVE },
        Input { metric: &smile::METRIC, weight: 0.17, curve: smile::CURVE },
        Input { metric: &nods::METRIC, weight: 0.08, curve: nods::CURVE },
    ],
};
