//! Phrase-end pitch: the share of phrases that end rising, as a question does.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;
use coach_core::report::Moment;

pub const METRIC: Metric = Metric {
    id: "phrase_end_pitch",
    name: "Rising phrase ends",
    unit: "share",
    window: "phrases whose last 400 ms are voiced enough to tell; at least five",
    baseline: "none",
    source: "Rising ends are heard as doubt in acted speech (Jiang and Pell 2014) and are a habit of some dialects: shown, not scored.",
    noticeable: Some(0.2),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let ends: Vec<_> = scene.phrases().filter_map(|p| p.end_pitch_st.map(|st| (p.span, st))).collect();
    let rising = ends.iter().filter(|(_, st)| *st > 1.0);
    let value = ratio(rising.clone().count() as f64, ends.len() as f64).filter(|_| ends.len() >= 5);
    let events = rising
        .map(|&(span, st)| {
            let span = coach_core::Span::new((span.end - 400).max(span.start), span.end);
            (st, Moment { span, why: texts::rising(), good: false })
        })
        .collect();
    scene.toned(value).with_events(scene, events)
}
