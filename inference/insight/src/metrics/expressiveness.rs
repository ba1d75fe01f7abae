//! Expressiveness: how lively the face was, 0 to 1 (`watch/expressive.rs`).

use super::{Measure, Metric, moments};
use crate::scene::{Scene, ratio};
use crate::scores::curve::Curve;

pub const CURVE: Curve = Curve::Rise { zero: 0.08, full: 0.55 };

pub const METRIC: Metric = Metric {
    id: "expressiveness",
    unit: "",
    window: "the answer; each moment over the last 10 s",
    baseline: "the face's own mean over the last 10 s",
    source: "Expressive applicants are rated higher (Naim et al. 2015; Nguyen et al. 2014); this measure of it is ours.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    scene.faced(ratio(t.expressive, t.expressive_s), t.expressive_s).with_windows(
        scene,
        10_000,
        |t| ratio(t.expressive, t.expressive_s).filter(|_| t.expressive_s >= 5.0),
        |v| CURVE.quality(v),
        moments::worded("expressiveness", ""),
    )
}
