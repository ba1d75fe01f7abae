//! Resilience: how soon hard moments were over, how often they came and how high they rose. From three hard moments in three minutes on.

use super::{Evidence, Formula, Input};
use crate::metrics::{stress_height, stress_recovery, stress_spikes};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Resilience,
    id: "resilience",
    version: 3,
    inputs: &[
        Input { metric: &stress_spikes::METRIC, weight: 0.25, curve: stress_spikes::CURVE, pillar: false },
        Input { metric: &stress_height::METRIC, weight: 0.15, curve: stress_height::CURVE, pillar: false },
        Input { metric: &stress_recovery::METRIC, weight: 0.60, curve: stress_recovery::CURVE, pillar: true },
    ],
    instead: &[],
    over_time: false,
    lacks: Evidence::lacks_hard_moments,
};
