//! Phrase-end level: how much quieter the last half second of a phrase is than the phrase, in dB; nearer to 0 is steadier.

use super::{Measure, Metric};
use crate::baseline::median;
use crate::scene::Scene;
use crate::scores::curve::Curve;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Rise { zero: -10.0, full: -1.0 };

pub const METRIC: Metric = Metric {
    id: "phrase_end_level",
    unit: "dB",
    window: "the median over phrases of 1 s and more; at least four",
    baseline: "none",
    source: "Every phrase falls a little at its end; a voice that dies away is what speaking coaches correct first. Convention.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let ends: Vec<_> = scene.phrases().filter_map(|p| p.end_level_db.map(|db| (p.span, db))).collect();
    let mut values: Vec<f32> = ends.iter().map(|(_, db)| *db).collect();
    let value = median(&mut values).filter(|_| ends.len() >= 4);
    let events = ends
        .iter()
        .filter(|(_, db)| CURVE.quality(*db) < 0.5)
        .map(|&(span, db)| {
            let span = Span::new((span.end - 1000).max(span.start), span.end);
            (-db, Moment { span, why: texts::fading(db), good: false })
        })
        .collect();
    scene.voiced(value).with_events(scene, events)
}
