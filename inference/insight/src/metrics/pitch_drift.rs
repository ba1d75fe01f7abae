//! Pitch drift: how far the voice's middle pitch wandered, 15 s by 15 s, in semitones.

use super::{Measure, Metric};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::stats::median;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Fall { full: 0.3, zero: 3.0 };

pub const METRIC: Metric = Metric {
    id: "pitch_drift",
    name: "Pitch drift",
    unit: "st",
    window: "twice the mean distance of the medians of 15 s windows from their own median; at least two windows",
    baseline: "the answer's own median pitch",
    source: "A voice that climbs is heard as less sure (Jiang and Pell 2017, actors). The direction of mean pitch is inconsistent between \
             studies, so only the wandering counts and never the height.",
    noticeable: Some(0.8),
    reads: Some(|t| match (t.side, t.value) {
        (Side::Within, _) => "as high at the end as at the beginning".into(),
        (_, v) if v < 1.5 => "wandered a little".into(),
        _ => "wandered clearly".into(),
    }),
    target: Some(|_| "as high at the end as at the beginning".into()),
    // No advice: a slow reading wanders as far as one that a listener would call unsteady, and the direction says nothing.
    praise: Some(|_| "your pitch stayed steady".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let middle_of = |window: Span| {
        let cells = scene.timeline.cells(window).filter(|(_, c)| c.voiced >= 3);
        let mut means: Vec<f32> = cells.map(|(_, c)| c.pitch_sum / f32::from(c.voiced)).collect();
        if means.len() >= 40 { median(&mut means) } else { None }
    };
    let windows: Vec<(Span, f32)> = scene.windows().filter_map(|w| middle_of(w).map(|m| (w, m))).collect();
    let mut middles: Vec<f32> = windows.iter().map(|(_, m)| *m).collect();
    // The mean distance from the middle of the middles: one odd window moves it, but not by all of its height.
    let middle = median(&mut middles);
    let drift = middle.filter(|_| middles.len() >= 2);
    let value = drift.map(|m| 2.0 * middles.iter().map(|x| (x - m).abs()).sum::<f32>() / middles.len() as f32);
    let events = windows.iter().filter_map(|&(span, m)| {
        let away = m - middle?;
        (away.abs() > 1.0).then(|| (away.abs(), Moment { span, why: texts::drifted(away), good: false }))
    });
    scene.toned(value).with_events(scene, events.collect())
}
