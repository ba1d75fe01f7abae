//! The scores: sums of named contributions, each a metric through a curve, times a weight. Practice indices, not verdicts.
//!
//! A contribution without evidence gives its weight to the others, and the score's coverage says so; under [`LEAST_COVERAGE`] there
//! is no score at all.

pub mod clarity;
pub mod confidence;
pub mod engagement;
pub mod resilience;

use crate::curve::Curve;
use crate::metrics::{Measure, Metric};
use crate::texts;
use coach_core::report::{Contribution, Score, ScoreName, Scores};
use std::collections::BTreeMap;

/// A score needs this share of its weight to rest on evidence.
pub const LEAST_COVERAGE: f32 = 0.35;

/// A metric's part in a score.
#[derive(Debug)]
pub struct Input {
    pub metric: &'static Metric,
    /// Share of the score when all is known; the weights of a score sum to 1.
    pub weight: f32,
    pub curve: Curve,
}

/// How a score is made. A change of anything in it is a new version.
#[derive(Debug)]
pub struct Formula {
    pub name: ScoreName,
    pub id: &'static str,
    pub version: u32,
    pub inputs: &'static [Input],
}

pub const ALL: [&Formula; 4] = [&confidence::FORMULA, &clarity::FORMULA, &resilience::FORMULA, &engagement::FORMULA];

/// Measures by the metric's id.
pub type Measures = BTreeMap<&'static str, Measure>;

impl Formula {
    pub fn score(&self, measures: &Measures) -> Score {
        let get = |input: &Input| measures.get(input.metric.id);
        let known = self.inputs.iter().filter(|i| get(i).is_some_and(|m| m.value.is_some()));
        // Not a sum: that of nothing is minus zero.
        let known = known.fold(0.0, |known: f32, input| known + input.weight);
        let enough = known >= LEAST_COVERAGE;
        let mut total = 0.0;
        let contributions = self
            .inputs
            .iter()
            .map(|input| {
                let measure = get(input);
                let value = measure.and_then(|m| m.value);
                let weight = if value.is_some() && known > 0.0 { input.weight / known } else { 0.0 };
                let points = value.map_or(0.0, |v| 100.0 * weight * input.curve.quality(v));
                total += points;
                Contribution {
                    metric: input.metric.id.to_owned(),
                    name: input.metric.name.to_owned(),
                    value,
                    reason: measure.and_then(|m| m.reason.clone()),
                    unit: input.metric.unit.to_owned(),
                    target: input.metric.aim(input.curve),
                    baseline: measure.and_then(|m| m.baseline),
                    weight,
                    points,
                    moments: measure.map(|m| m.moments.clone()).unwrap_or_default(),
                }
            })
            .collect();
        Score {
            value: enough.then(|| total.clamp(0.0, 100.0)),
            coverage: known.clamp(0.0, 1.0),
            reason: (!enough).then(|| texts::not_enough(self.name)),
            contributions,
        }
    }

    /// The input that rests on this metric.
    pub fn input(&self, metric: &str) -> Option<&'static Input> {
        self.inputs.iter().find(|i| i.metric.id == metric)
    }

    /// The curve of a contribution.
    pub fn curve(&self, metric: &str) -> Option<Curve> {
        self.input(metric).map(|i| i.curve)
    }
}

/// All four.
pub fn scores(measures: &Measures) -> Scores {
    Scores {
        confidence: confidence::FORMULA.score(measures),
        clarity: clarity::FORMULA.score(measures),
        resilience: resilience::FORMULA.score(measures),
        engagement: engagement::FORMULA.score(measures),
    }
}

/// The formula of a score.
pub fn formula(name: ScoreName) -> &'static Formula {
    match name {
        ScoreName::Confidence => &confidence::FORMULA,
        ScoreName::Clarity => &clarity::FORMULA,
        ScoreName::Resilience => &resilience::FORMULA,
        ScoreName::Engagement => &engagement::FORMULA,
    }
}
