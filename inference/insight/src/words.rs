//! The report in words: one line per score, then three things to work on, each with its number and what to do.

use crate::metrics::{self, Told};
use crate::scores::{Measures, formula};
use crate::texts;
use coach_core::report::{Contribution, ScoreName, Scores};

/// Under this share of its points a contribution is something to work on; over the other it carried the score.
const WEAK: f32 = 0.7;
const STRONG: f32 = 0.85;
const PROBLEMS: usize = 3;
/// What cost fewer points is not worth a sentence.
const LEAST_LOST: f32 = 4.0;

pub(crate) fn words(scores: &Scores, measures: &Measures, head_alone: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut problems: Vec<(usize, f32, &Contribution, ScoreName)> = Vec::new();
    for (name, score) in scores.each() {
        let Some(value) = score.value else {
            lines.push(texts::unsaid(name, score.reason.as_deref().unwrap_or_default()));
            continue;
        };
        let known = || score.contributions.iter().filter(|c| c.value.is_some() && c.weight > 0.0);
        let quality = |c: &Contribution| c.points / (100.0 * c.weight);
        let mut carried: Vec<_> = known().filter(|c| quality(c) >= STRONG).collect();
        carried.sort_by(|a, b| b.points.total_cmp(&a.points));
        let mut cost: Vec<_> = known().filter(|c| quality(c) < WEAK && lost(c) >= LEAST_LOST).collect();
        cost.sort_by(|a, b| lost(b).total_cmp(&lost(a)));
        let said = |c: &Contribution| metrics::find(&c.metric).zip(c.value);
        let say = |c: &Contribution| said(c).map(|(metric, value)| metric.strength(value));
        let carried: Vec<String> = carried.into_iter().take(2).filter_map(say).collect();
        // The worst of each score goes before the second worst of any, so that no score is left without advice.
        problems.extend(cost.iter().enumerate().map(|(rank, c)| (rank.min(1), lost(c), *c, name)));
        let named = |c: &Contribution| said(c).map(|(metric, value)| metric.named(value));
        let cost: Vec<String> = cost.into_iter().take(2).filter_map(named).collect();
        lines.push(texts::summary(name, value, score.coverage, &carried, &cost));
    }
    problems.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.metric.cmp(&b.2.metric)));
    for (i, (_, _, c, name)) in problems.into_iter().take(PROBLEMS).enumerate() {
        let (Some(value), Some(input)) = (c.value, formula(name).input(&c.metric)) else { continue };
        let Some(advice) = input.metric.advice else { continue };
        let told = Told { value, unit: input.metric.unit, side: input.curve.side(value), target: c.target.clone() };
        lines.push(texts::work_on(i + 1, &advice(&told)));
    }
    let is_known = |id: &str| measures.get(id).is_some_and(|m| m.value.is_some());
    if scores.resilience.value.is_some() && !is_known("stress_height") {
        lines.push(texts::no_spike());
    }
    if head_alone && is_known("eye_contact") {
        lines.push(texts::gaze_from_head());
    }
    lines
}

/// Points that it could have brought and did not.
fn lost(c: &Contribution) -> f32 {
    100.0 * c.weight - c.points
}
