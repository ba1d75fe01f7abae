//! Expressiveness: how lively the face was, 0 to 1 (`watch/expressive.rs`).

use super::{Measure, Metric, moments};
use crate::scene::Scene;
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
    let words = moments::worded("expressiveness", "");
    scene.averaged(|t| (t.expressive, t.expressive_s), 10_000, |v| CURVE.quality(v), words)
}
