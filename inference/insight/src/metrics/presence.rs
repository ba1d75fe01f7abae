//! Presence: the share of the analyzed time in which a face was in the frame. Time away is told with its place (`advice/conditions.rs`).

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;

/// Whoever is out of the frame for a tenth of the time is missed, for a quarter of it nobody can follow.
pub const CURVE: Curve = Curve::Rise { zero: 0.75, full: 0.985 };

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
    // In the dark nobody can tell whether somebody is there.
    let lit_s = t.analyzed_s - t.dark_s;
    let value = ratio(t.present_s.min(lit_s), lit_s).filter(|_| t.present_s > 0.0);
    scene.faced(value, lit_s).with_stretches(
        scene,
        1500,
        |c| (c.face.analyzed_ms > 0).then_some(c.face.present_ms == 0 && c.face.dark_ms == 0),
        texts::out_of_frame,
    )
}
