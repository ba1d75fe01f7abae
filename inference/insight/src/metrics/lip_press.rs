//! Lip press: how far the lips were pressed above rest (AU24), on average, 0 to 1.

use super::{Measure, Metric, moments};
use crate::scene::{Scene, ratio};
use crate::scores::curve::Curve;

pub const CURVE: Curve = Curve::Fall { full: 0.03, zero: 0.25 };

pub const METRIC: Metric = Metric {
    id: "lip_press",
    unit: "",
    window: "the answer",
    baseline: "the person's face at rest",
    source: "A proxy from blendshapes, never checked against FACS coders; concentration looks the same. Not taken where the operator \
             switched affect off.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    let measure = scene.faced(ratio(t.lip, t.affect_s), t.affect_s).with_windows(
        scene,
        6000,
        |t| ratio(t.lip, t.affect_s).filter(|_| t.affect_s >= 3.0),
        |v| CURVE.quality(v),
        moments::worded("lip_press", ""),
    );
    Measure { baseline: Some(0.0).filter(|_| scene.baseline.rest.is_some()), ..measure }
}
