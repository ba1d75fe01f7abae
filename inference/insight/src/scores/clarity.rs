//! Clarity: how easy it is to follow: pace, pauses, articulation, fillers (heard hesitations where nothing is written down).

use super::{Evidence, Formula, Input, Instead};
use crate::metrics::{articulation_rate, fillers, hesitations, long_pauses, pace, pause_share};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Clarity,
    id: "clarity",
    version: 5,
    inputs: &[
        Input { metric: &pace::METRIC, weight: 0.40, curve: pace::CURVE, pillar: true },
        Input { metric: &long_pauses::METRIC, weight: 0.15, curve: long_pauses::CURVE, pillar: true },
        Input { metric: &pause_share::METRIC, weight: 0.10, curve: pause_share::CURVE, pillar: true },
        Input { metric: &articulation_rate::METRIC, weight: 0.15, curve: articulation_rate::CURVE, pillar: false },
        Input { metric: &fillers::METRIC, weight: 0.20, curve: fillers::CURVE, pillar: true },
    ],
    instead: &[Instead {
        of: fillers::METRIC.id,
        by: Input { metric: &hesitations::METRIC, weight: 0.20, curve: hesitations::CURVE, pillar: true },
    }],
    over_time: false,
    lacks: Evidence::lacks_speech,
};
