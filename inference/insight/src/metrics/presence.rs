//! Presence: the share of the analysed time in which a face was in the frame.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;

pub const METRIC: Metric = Metric {
    id: "presence",
    name: "Time in the frame",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "What the detector saw.",
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    scene.faced(ratio(t.present_s, t.analysed_s), t.analysed_s).with_stretches(
        scene,
        1500,
        |c| (c.face.analysed_ms > 0).then_some(c.face.present_ms == 0),
        texts::out_of_frame,
    )
}
