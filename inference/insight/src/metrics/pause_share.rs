//! Pause share: how much of the talk is pauses of 250 ms and more.

use super::{Measure, Metric};
use crate::scene::{Scene, ratio};
use crate::scores::curve::Curve;

pub const CURVE: Curve = Curve::Band { zero_low: 0.0, low: 0.10, high: 0.30, zero_high: 0.65 };

pub const METRIC: Metric = Metric {
    id: "pause_share",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "Some pausing structures what is said, much of it reads as hesitant. 250 ms is the customary threshold of fluency studies; \
             the band is a convention.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let paused: i64 = scene.pauses().map(|p| p.span.len_ms()).sum();
    scene.voiced(ratio(paused as f64 / 1000.0, scene.totals.talk_s).map(|v| v.min(1.0)))
}
