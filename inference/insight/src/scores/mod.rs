//! The scores: named contributions, each a metric through a curve, times a weight. Practice indices, not verdicts.
//!
//! A score has a number only where the evidence of its name is there ([`Evidence`]). What could not be judged counts as [`UNKNOWN`] of its
//! weight, so that a missing input never raises a score, and widens the range (one that is missing for a part of the time does so for that
//! part); a range wider than [`WIDEST`] is no number.

pub mod clarity;
pub mod confidence;
pub mod engagement;
mod evidence;
pub mod resilience;

pub use evidence::Evidence;

use crate::curve::Curve;
use crate::metrics::{Measure, Metric};
use coach_core::report::{Answer, Contribution, Score, ScoreName, Scores};
use std::collections::BTreeMap;

/// The weakest pillar's share of a score; the rest is the weighted mean of all inputs. One bad fault is heard through many good things.
pub const WEAKEST: f32 = 0.4;
/// What an input counts that could not be judged, 0 to 1.
pub const UNKNOWN: f32 = 0.7;
/// A score whose unknown inputs could move it by more than this has no number, points.
pub const WIDEST: f32 = 30.0;
/// Half of the narrowest range, points: harmless changes of encoder and light move a score by this much.
pub const NARROWEST: f32 = 5.0;
/// No number is under or over these.
pub const FLOOR: f32 = 10.0;
pub const CEILING: f32 = 97.0;

/// A metric's part in a score.
#[derive(Debug)]
pub struct Input {
    pub metric: &'static Metric,
    /// Share of the score when all is known; the weights of a score sum to 1.
    pub weight: f32,
    pub curve: Curve,
    /// The weakest of the pillars of a score counts more than its weight.
    pub pillar: bool,
}

/// An input that stands in for another one where that has no value.
#[derive(Debug)]
pub struct Instead {
    /// Id of the metric it stands in for.
    pub of: &'static str,
    /// Of the same weight.
    pub by: Input,
}

/// How a score is made. A change of anything in it is a new version.
#[derive(Debug)]
pub struct Formula {
    pub name: ScoreName,
    pub id: &'static str,
    pub version: u32,
    pub inputs: &'static [Input],
    pub instead: &'static [Instead],
    /// The share of the time in which an input could not be judged counts like an input that is unknown.
    pub over_time: bool,
    /// What evidence of its name is lacking, in words.
    pub lacks: fn(&Evidence) -> Option<String>,
}

pub const ALL: [&Formula; 4] = [&confidence::FORMULA, &clarity::FORMULA, &resilience::FORMULA, &engagement::FORMULA];

/// Measures by the metric's id.
pub type Measures = BTreeMap<&'static str, Measure>;

impl Formula {
    /// The score of these measures; no number where the evidence is not enough.
    pub fn score(&self, measures: &Measures, evidence: &Evidence) -> Score {
        let lacking = (self.lacks)(evidence);
        let inputs = self.inputs.iter().map(|input| self.used(input, measures));
        let part = |input: &'static Input| Part::new(input, measures.get(input.metric.id), self.over_time);
        let parts: Vec<Part> = inputs.map(part).collect();
        let weakest = (0..parts.len())
            .filter(|i| parts[*i].input.pillar)
            .min_by(|a, b| parts[*a].quality.total_cmp(&parts[*b].quality))
            .unwrap_or(0);
        // Not a sum: that of nothing is minus zero.
        let known = parts.iter().fold(0.0, |known: f32, p| known + p.input.weight * p.known);
        let (mut total, mut unknown) = (0.0, 0.0);
        let contributions = parts.iter().enumerate().map(|(i, part)| {
            let weight = (1.0 - WEAKEST) * part.input.weight + if i == weakest { WEAKEST } else { 0.0 };
            let points = 100.0 * weight * part.quality;
            total += points;
            if part.value.is_none() {
                unknown += points;
            }
            part.contribution(weight, if part.value.is_some() { points } else { 0.0 })
        });
        let contributions: Vec<Contribution> = contributions.collect();
        let missing = 100.0 * (1.0 - known).max(0.0);
        let too_wide = (missing > WIDEST + 0.01).then(|| evidence::too_wide(self.name, known));
        let reason = lacking.or(too_wide);
        let value = reason.is_none().then(|| total.clamp(FLOOR, CEILING));
        Score {
            value,
            range: value.map(|v| around(v, NARROWEST.max(missing / 2.0))),
            coverage: known.clamp(0.0, 1.0),
            reason,
            unknown,
            contributions,
        }
    }

    /// The input itself, or what stands in for it where it has no value.
    fn used(&self, input: &'static Input, measures: &Measures) -> &'static Input {
        let is_known = measures.get(input.metric.id).is_some_and(|m| m.value.is_some());
        let stands_in = self.instead.iter().find(|i| i.of == input.metric.id).filter(|_| !is_known);
        stands_in.map_or(input, |instead| &instead.by)
    }

    /// The input that rests on this metric.
    pub fn input(&self, metric: &str) -> Option<&'static Input> {
        self.inputs.iter().chain(self.instead.iter().map(|i| &i.by)).find(|i| i.metric.id == metric)
    }

    /// The curve of a contribution.
    pub fn curve(&self, metric: &str) -> Option<Curve> {
        self.input(metric).map(|i| i.curve)
    }
}

/// The range of this half width about a score.
pub(crate) fn around(value: f32, half: f32) -> [f32; 2] {
    [(value - half).max(0.0), (value + half).min(100.0)]
}

/// An input with what was measured of it.
struct Part<'a> {
    input: &'static Input,
    measure: Option<&'a Measure>,
    value: Option<f32>,
    /// Share of the time over which it is known, 0 to 1.
    known: f32,
    quality: f32,
}

impl<'a> Part<'a> {
    fn new(input: &'static Input, measure: Option<&'a Measure>, over_time: bool) -> Part<'a> {
        let value = measure.and_then(|m| m.value);
        let coverage = measure.filter(|_| over_time).map_or(1.0, |m| m.coverage.clamp(0.0, 1.0));
        let known = if value.is_some() { coverage } else { 0.0 };
        let quality = value.map_or(UNKNOWN, |v| {
            let seen = input.curve.quality(v);
            // What was not seen is never better than what was.
            known * seen + (1.0 - known) * UNKNOWN.min(seen)
        });
        Part { input, measure, value, known, quality }
    }

    fn contribution(&self, weight: f32, points: f32) -> Contribution {
        let (metric, measure) = (self.input.metric, self.measure);
        Contribution {
            metric: metric.id.to_owned(),
            name: metric.name.to_owned(),
            value: self.value,
            text: None,
            usual: None,
            reason: measure.and_then(|m| m.reason.clone()),
            unit: metric.unit.to_owned(),
            target: metric.aim(self.input.curve),
            baseline: measure.and_then(|m| m.baseline),
            weight,
            points,
            moments: measure.map(|m| m.moments.clone()).unwrap_or_default(),
        }
    }
}

/// All four.
pub fn scores(measures: &Measures, evidence: &Evidence) -> Scores {
    Scores {
        confidence: confidence::FORMULA.score(measures, evidence),
        clarity: clarity::FORMULA.score(measures, evidence),
        resilience: resilience::FORMULA.score(measures, evidence),
        engagement: engagement::FORMULA.score(measures, evidence),
    }
}

/// The scores of a session: of Confidence, Clarity and Engagement the mean over the answers that have a number, weighted by their length, so
/// that one bad answer is not averaged away among the measures of the others. `whole` holds the scores of the session taken as one answer:
/// they stand where no answer has a number, and for Resilience, whose hard moments are counted over the whole session.
pub(crate) fn over_answers(answers: &[Answer], whole: Scores) -> Scores {
    let mean = |of: fn(&Scores) -> &Score, whole: Score| -> Score {
        let judged =
            answers.iter().filter_map(|a| Some((of(&a.scores), of(&a.scores).value?, a.end.ms() - a.start.ms())));
        let judged: Vec<(&Score, f32, f32)> =
            judged.map(|(score, value, ms)| (score, value, ms.max(1) as f32)).collect();
        if judged.is_empty() { whole } else { mean_score(&judged, whole) }
    };
    Scores {
        confidence: mean(|s| &s.confidence, whole.confidence),
        clarity: mean(|s| &s.clarity, whole.clarity),
        resilience: whole.resilience,
        engagement: mean(|s| &s.engagement, whole.engagement),
    }
}

/// The weighted mean of scores that have a number (score, number, weight; at least one). Its range holds them all. Measured values are those
/// of the whole session; points and weights are means, so that they still sum to the number.
fn mean_score(judged: &[(&Score, f32, f32)], whole: Score) -> Score {
    let sum: f32 = judged.iter().map(|(.., weight)| weight).sum();
    let mean = |of: &dyn Fn(&Score) -> f32| judged.iter().map(|(s, _, weight)| of(s) * weight).sum::<f32>() / sum;
    let value = judged.iter().map(|(_, value, weight)| value * weight).sum::<f32>() / sum;
    let most = judged.iter().map(|(_, value, _)| *value).fold(f32::MIN, f32::max);
    let least = judged.iter().map(|(_, value, _)| *value).fold(f32::MAX, f32::min);
    let half = mean(&|s| s.range.map_or(NARROWEST, |[low, high]| (high - low) / 2.0));
    let contributions = whole.contributions.into_iter().map(|c| {
        let of = |s: &Score, read: fn(&Contribution) -> f32| {
            s.contributions.iter().find(|other| other.metric == c.metric).map_or(0.0, read)
        };
        let (weight, points) = (mean(&|s| of(s, |c| c.weight)), mean(&|s| of(s, |c| c.points)));
        let moments = judged.iter().flat_map(|(s, ..)| &s.contributions).filter(|other| other.metric == c.metric);
        let moments = moments.flat_map(|other| other.moments.clone()).collect();
        Contribution { weight, points, moments, ..c }
    });
    Score {
        value: Some(value),
        range: Some([least.min((value - half).max(0.0)), most.max((value + half).min(100.0))]),
        coverage: mean(&|s| s.coverage),
        reason: None,
        unknown: mean(&|s| s.unknown),
        contributions: contributions.collect(),
    }
}

/// The curve of the score that a metric counts for; `None`: it counts for none.
pub(crate) fn curve(metric: &str) -> Option<Curve> {
    ALL.iter().find_map(|formula| formula.curve(metric))
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
