//! Phrase-end level: how much quieter the last half second of a phrase is than the phrase, in dB; nearer to 0 is steadier.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::stats::median;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Rise { zero: -10.0, full: -1.0 };

pub const METRIC: Metric = Metric {
    id: "phrase_end_level",
    name: "Level at phrase ends",
    unit: "dB",
    window: "the median over phrases of 1 s and more; at least four",
    baseline: "none",
    source: "Every phrase falls a little at its end; a voice that dies away is what speaking coaches correct first. Convention.",
    noticeable: Some(2.0),
    target: Some(|full| format!("no more than {:.0} dB under the phrase", -full)),
    advice: Some(|t| {
        format!(
            "Phrases died away: the ends were {:.1} dB under the rest, aim for {}. Carry the last word.",
            -t.value, t.target
        )
    }),
    praise: Some(|_| "phrases carried to their end".into()),
    measure,
    ..Metric::SHOWN
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
