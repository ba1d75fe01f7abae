//! Faults that cost points: a metric whose quality is low.

use super::{Fault, worst};
use crate::metrics::{self, Measure, Told};
use crate::scene::Scene;
use crate::scores::{Measures, formula};
use crate::texts;
use coach_core::report::{Score, Scores};

/// Under this quality something is worth a sentence.
pub const WEAK: f32 = 0.7;

/// Every input of a score under [`WEAK`] that has something to advise.
pub(super) fn faults(scene: &Scene, measures: &Measures, scores: &Scores) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, score) in scores.each() {
        for c in &score.contributions {
            let (Some(value), Some(input)) = (c.value, formula(name).input(&c.metric)) else { continue };
            let (Some(advice), Some(measure)) = (input.metric.advice, measures.get(input.metric.id)) else { continue };
            if input.metric.needs_full_model && !scene.full_face_model {
                continue;
            }
            let quality = input.curve.quality(value);
            // What only a score without enough evidence rests on is not advised, unless the voice alone says it.
            if quality >= WEAK || (score.value.is_none() && !says_by_itself(scene)) {
                continue;
            }
            let (span_s, speech_s) = (scene.totals.span_s, scene.totals.speech_s);
            let told = Told { value, side: input.curve.side(value), measure, span_s, speech_s };
            faults.push(Fault {
                id: input.metric.id,
                priority: input.metric.priority,
                severity: 1.0 - quality,
                text: quoted(scene, input.metric, measure, advice(&told)),
                worst: worst(scene, measure),
            });
        }
    }
    faults
}

/// The advice, with what was being said where the voice was at its worst.
fn quoted(scene: &Scene, metric: &metrics::Metric, measure: &Measure, advice: String) -> String {
    let moment = measure.moments.iter().find(|m| !m.good).filter(|_| !metric.of_face);
    let quote = moment.and_then(|m| Some((m.span.start, scene.quote(m.span)?)));
    quote.map_or(advice.clone(), |(at, quote)| texts::with_quote(&advice, at, &quote))
}

/// There was enough speech for an answer to be advised on.
fn says_by_itself(scene: &Scene) -> bool {
    scene.totals.speech_s >= crate::evidence::SCORED_SPEECH_S
}

/// The two inputs that cost a score most, named with their numbers.
pub(super) fn cost(score: &Score) -> Vec<String> {
    let lost = |c: &coach_core::report::Contribution| 100.0 * c.weight - c.points;
    let mut cost: Vec<_> =
        score.contributions.iter().filter(|c| c.value.is_some() && c.points < WEAK * 100.0 * c.weight).collect();
    cost.sort_by(|a, b| lost(b).total_cmp(&lost(a)));
    let named = |c: &&coach_core::report::Contribution| Some(metrics::find(&c.metric)?.name.to_lowercase());
    cost.iter().take(2).filter_map(named).collect()
}
