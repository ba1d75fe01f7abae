//! Brow tension: how far the brows were drawn together above rest (AU04), on average, 0 to 1.

use super::{Measure, Metric, moments};
use crate::scene::Scene;
use crate::scores::curve::Curve;

pub const CURVE: Curve = Curve::Fall { full: 0.03, zero: 0.25 };

pub const METRIC: Metric = Metric {
    id: "brow_tension",
    unit: "",
    window: "the answer",
    baseline: "the person's face at rest",
    source: "A proxy from blendshapes, never checked against FACS coders; concentration looks the same. Not taken where the operator \
             switched affect off.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let words = moments::worded("brow_tension", "");
    scene.averaged(|t| (t.brow, t.affect_s), 6000, |v| CURVE.quality(v), words).over_rest(scene)
}
