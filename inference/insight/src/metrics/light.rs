//! Light: the share of the analyzed time in which there was enough of it.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;

pub const METRIC: Metric = Metric {
    id: "light",
    name: "Light",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "The video's own quality.",
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    scene.faced(ratio(t.analyzed_s - t.dark_s, t.analyzed_s), t.analyzed_s)
}
