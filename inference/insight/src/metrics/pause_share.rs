//! Pause share: how much of the talk is pauses of 250 ms and more.

use super::{Measure, Metric, Priority};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Band { zero_low: 0.0, low: 0.10, high: 0.30, zero_high: 0.65 };

pub const METRIC: Metric = Metric {
    id: "pause_share",
    name: "Share of pauses",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "Some pausing structures what is said, much of it reads as hesitant. 250 ms is the customary threshold of fluency studies; \
             the band is a convention.",
    noticeable: Some(0.07),
    priority: Priority::First,
    advice: Some(|t| match t.side {
        Side::Over => format!(
            "Pauses took about {} of the time. Say the next sentence as it comes, and do not wait for the perfect one.",
            texts::share_of(t.value)
        ),
        _ => format!(
            "You spoke with hardly a pause: {} of quiet in {}. Breathe at each full stop; it lets the listener follow.",
            texts::about_seconds(f64::from(t.value) * t.span_s),
            texts::about_seconds(t.span_s)
        ),
    }),
    praise: Some(|_| "you left room between your thoughts".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let paused: i64 = scene.pauses().map(|p| p.span.len_ms()).sum();
    let share = ratio(paused as f64 / 1000.0, scene.totals.talk_s).map(|v| v.min(1.0));
    // Too many pauses show in the longest of them, too few in the longest speech without one.
    let spans: Vec<_> = match share.map(|v| CURVE.side(v)) {
        Some(Side::Over) => scene.pauses().map(|p| (p.span, texts::pause(p.span.len_ms()))).collect(),
        Some(Side::Under) => scene.phrases().map(|p| (p.span, texts::breathless(p.span.len_ms()))).collect(),
        _ => Vec::new(),
    };
    let events = spans.into_iter().map(|(span, why)| (span.len_ms() as f32, Moment { span, why, good: false }));
    scene.voiced(share).with_events(scene, events.collect())
}
