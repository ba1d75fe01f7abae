//! Resilience: how often stress rose, how high, and how soon it was over. Without a spike only the first can be judged, and the words say so.

use super::{Formula, Input};
use crate::metrics::{stress_height, stress_recovery, stress_spikes};
use coach_core::report::ScoreName;

pub const FORMULA: Formula = Formula {
    name: ScoreName::Resilience,
    id: "resilience",
    version: 2,
    inputs: &[
        Input { metric: &stress_spikes::METRIC, weight: 0.40, curve: stress_spikes::CURVE },
        Input { metric: &stress_height::METRIC, weight: 0.20, curve: stress_height::CURVE },
        Input { metric: &stress_recovery::METRIC, weight: 0.40, curve: stress_recovery::CURVE },
    ],
};
