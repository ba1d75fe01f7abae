//! Smiles: how many, two minutes or less of the answer taken together (`watch/smiles.rs`).

use super::{Events, Measure, Metric, Priority};
use crate::curve::Curve;
use crate::evidence::RATES_S;
use crate::scene::Scene;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Rise { zero: 0.0, full: 2.0 };
/// A smile that lasts is worth one more for each of these.
const LASTING_MS: i64 = 8000;

pub const METRIC: Metric = Metric {
    id: "smile",
    name: "Smiles",
    unit: "smiles",
    window: "the answer; longer than two minutes, for each two minutes",
    baseline: "the person's face at rest",
    source: "Smiles go with better interview ratings (Naim et al. 2015). A smile at the start and one at the end are enough: two are full. \
             Counted, because a mean over the answer says less of a smile the longer the answer is.",
    noticeable: Some(1.0),
    reads: Some(|t| match t.measure.events.count {
        0 => "none".into(),
        n => texts::times(n),
    }),
    target: Some(|full| format!("{full:.0} or more")),
    priority: Priority::Last,
    advice: Some(|t| {
        let how = if t.measure.events.count == 0 { "You did not smile" } else { "You hardly smiled" };
        format!("{how}. One smile at the start and one at the end do it.")
    }),
    praise: Some(|_| "you smiled".into()),
    shows_good: true,
    of_face: true,
    needs_full_model: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let smiles: Vec<Span> = scene.events(&scene.timeline.smiles, |s| s.start).copied().collect();
    let worth: i64 = smiles.iter().map(|s| 1 + s.len_ms() / LASTING_MS).sum();
    let value = worth as f64 / (scene.totals.span_s / RATES_S).max(1.0);
    let known_s = scene.totals.units_s;
    let events = smiles.iter().map(|&span| (span.len_ms() as f32, Moment { span, why: "a smile".into(), good: true }));
    let measure = scene.faced(Some(value as f32), known_s).with_events(scene, events.collect());
    Measure { events: Events { count: smiles.len(), of: 0, longest_ms: 0 }, ..measure.over_rest(scene) }
}
