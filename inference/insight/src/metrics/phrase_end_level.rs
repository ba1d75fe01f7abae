//! Phrase-end level: how far a phrase falls from the loud part of its first half to its last 300 ms, in dB (`speech.rs`).

use super::{Events, Measure, Metric, Priority};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::stats::median;
use crate::texts;
use coach_core::report::Moment;
use coach_core::{MediaTime, Span};

pub const CURVE: Curve = Curve::Rise { zero: -28.0, full: -18.5 };

/// A shorter pause is no end that a listener hears: in a reading whose pauses were cut out, voice detection still finds 250 to 300 ms at the
/// quiet end of a word; between the phrases of readings there are 350 and more.
const HEARD_END_MS: i64 = 350;

/// So many phrases are needed.
const LEAST: usize = 4;
/// How far phrases of readings fall, dB; few ends count beside so many of these.
const USUAL_DB: f32 = -16.0;
const USUAL_ENDS: f32 = 2.0;

pub const METRIC: Metric = Metric {
    id: "phrase_end_level",
    name: "Level at phrase ends",
    unit: "dB",
    window: "the median over phrases of 800 ms and more that a pause of 350 ms follows, with two usual ones beside them; at least four phrases",
    baseline: "none",
    source: "Every phrase falls at its end, by 13 to 19 dB in readings; a voice that dies away is what speaking coaches correct first. Convention.",
    noticeable: Some(2.0),
    more_less: ["falling further", "falling less"],
    priority: Priority::First,
    reads: Some(|t| match (t.side, t.measure.events) {
        (_, Events { of, .. }) if of < LEAST => "few pauses, so few ends of phrases were heard".into(),
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
    let phrases: Vec<_> = scene.phrases().collect();
    let followed_at = |at: usize| phrases.get(at + 1).map_or(MediaTime(i64::MAX), |next| next.span.start);
    let ended = phrases.iter().enumerate().filter(|&(at, p)| followed_at(at) >= p.span.end + HEARD_END_MS);
    let ends: Vec<_> = ended.filter_map(|(_, p)| p.end_level_db.map(|db| (p.span, db))).collect();
    let mut values: Vec<f32> = ends.iter().map(|(_, db)| *db).collect();
    let n = values.len() as f32;
    let heard = median(&mut values).unwrap_or(USUAL_DB);
    let value = (phrases.len() >= LEAST).then(|| (n * heard + USUAL_ENDS * USUAL_DB) / (n + USUAL_ENDS));
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
