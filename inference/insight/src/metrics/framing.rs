//! Framing: the share of the time with a face in which all of it was in the frame.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;

pub const METRIC: Metric = Metric {
    id: "framing",
    name: "Framing",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "The video's own quality.",
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    scene.faced(ratio(t.present_s - t.cut_s, t.present_s), t.present_s)
}
