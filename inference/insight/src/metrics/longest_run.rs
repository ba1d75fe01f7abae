//! The longest run: the longest speech without a pause of 250 ms, in seconds.

use super::{Measure, Metric};
use crate::scene::Scene;

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
    let longest = scene.phrases().map(|phrase| phrase.span.len_ms()).max();
    scene.voiced(longest.map(|ms| ms as f32 / 1000.0))
}
