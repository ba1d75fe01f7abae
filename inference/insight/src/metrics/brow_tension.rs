//! Brow tension: how far the brows were drawn together above rest (AU04), on average, 0 to 1.

use super::{Measure, Metric, moments};
use crate::scene::{Scene, ratio};
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
    let t = &scene.totals;
    let measure = scene.faced(ratio(t.brow, t.affect_s), t.affect_s).with_windows(
        scene,
        6000,
        |t| ratio(t.brow, t.affect_s).filter(|_| t.affect_s >= 3.0),
        |v| CURVE.quality(v),
        moments::worded("brow_tension", ""),
    );
    Measure { baseline: Some(0.0).filter(|_| scene.baseline.rest.is_some()), ..measure }
}
