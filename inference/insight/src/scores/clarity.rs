//! Clarity: how easy it is to follow: pace, pauses, articulation, hesitations.

use super::{Evidence, Formula, Input};
use crate::metrics::{articulation_rate, hesitations, long_pauses, pace, pause_share};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Clarity,
    id: "clarity",
    version: 3,
    inputs: &[
        Input { metric: &pace::METRIC, weight: 0.40, curve: pace::CURVE, pillar: true },
        Input { metric: &long_pauses::METRIC, weight: 0.15, curve: long_pauses::CURVE, pillar: true },
        Input { metric: &pause_share::METRIC, weight: 0.10, curve: pause_share::CURVE, pillar: true },
        Input { metric: &articulation_rate::METRIC, weight: 0.15, curve: articulation_rate::CURVE, pillar: false },
        Input { metric: &hesitations::METRIC, weight: 0.20, curve: hesitations::CURVE, pillar: true },
    ],
    lacks: Evidence::lacks_speech,
};
