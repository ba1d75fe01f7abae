//! The longest run: the longest speech without a pause of 250 ms, in seconds.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::texts;
use coach_core::report::Moment;

/// Longer runs are shown as moments, milliseconds.
const LONG_MS: i64 = 12_000;

pub const METRIC: Metric = Metric {
    id: "longest_run",
    name: "Longest run without a breath",
    unit: "s",
    window: "the answer",
    baseline: "none",
    source: "From the pauses alone; it needs no words. In read and spontaneous speech most runs last 2 to 7 s; how long is too long is no \
             settled number. Shown, never scored.",
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let spans = || scene.phrases().map(|phrase| phrase.span);
    let longest = spans().map(|span| span.len_ms()).max();
    let long = spans().filter(|span| span.len_ms() >= LONG_MS);
    let events = long
        .map(|span| (span.len_ms() as f32, Moment { span, why: texts::breathless(span.len_ms()), good: false }))
        .collect();
    scene.voiced(longest.map(|ms| ms as f32 / 1000.0)).with_events(scene, events)
}
