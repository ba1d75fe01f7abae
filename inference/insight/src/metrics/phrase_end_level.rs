//! Phrase-end level: how far a phrase falls from the loud part of its last seconds to its last 500 ms, in dB (`speech.rs`).

use super::{Events, Measure, Metric, Priority};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::stats::median;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Rise { zero: -25.0, full: -17.5 };

pub const METRIC: Metric = Metric {
    id: "phrase_end_level",
    name: "Level at phrase ends",
    unit: "dB",
    window: "the median over phrases of 800 ms and more; at least four",
    baseline: "none",
    source: "Every phrase falls at its end, by 11 to 18 dB in readings; a voice that dies away is what speaking coaches correct first. Convention.",
    noticeable: Some(2.0),
    more_less: ["falling further", "falling less"],
    priority: Priority::First,
    reads: Some(|t| match (t.side, t.measure.events) {
        (Side::Within, _) | (_, Events { count: 0, .. }) => "phrases carried to their end".into(),
        (_, Events { count, of, .. }) => format!("the last words died away in {count} of {of} phrases"),
    }),
    target: Some(|_| "the last word of a phrase can be heard as well as the first".into()),
    advice: Some(|t| {
        let Events { count, of, .. } = t.measure.events;
        format!(
            "Your phrases died away: in {count} of {of} the last words were lost. Carry the last word as far as the first."
        )
    }),
    praise: Some(|_| "you carried your phrases to their end".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let ends: Vec<_> = scene.phrases().filter_map(|p| p.end_level_db.map(|db| (p.span, db))).collect();
    let mut values: Vec<f32> = ends.iter().map(|(_, db)| *db).collect();
    let value = median(&mut values).filter(|_| ends.len() >= 4);
    let counted = ends.iter().filter(|(_, db)| CURVE.quality(*db) < 0.7).count();
    let events = ends
        .iter()
        .filter(|(_, db)| CURVE.quality(*db) < 0.5)
        .map(|&(span, db)| {
            let span = Span::new((span.end - 1000).max(span.start), span.end);
            (-db, Moment { span, why: texts::fading(), good: false })
        })
        .collect();
    let counted = Events { count: counted, of: ends.len(), longest_ms: 0 };
    Measure { events: counted, ..scene.voiced(value).with_events(scene, events) }
}
