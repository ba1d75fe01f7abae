//! Lip press: how far the lips were pressed above rest (AU24), on average, 0 to 1.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::texts;

pub const CURVE: Curve = Curve::Fall { full: 0.03, zero: 0.25 };

pub const METRIC: Metric = Metric {
    id: "lip_press",
    name: "Lips pressed",
    unit: "",
    window: "the answer",
    baseline: "the person's face at rest",
    source: "A proxy from blendshapes, never checked against FACS coders; concentration looks the same. Not taken where the operator \
             switched affect off.",
    noticeable: Some(0.06),
    phrase: Some(|_| "lips pressed".into()),
    reads: Some(|t| texts::over_rest(t.value).into()),
    target: Some(|_| "at rest".into()),
    advice: Some(|_| "Your lips were pressed much of the time. Part them a little while you think.".into()),
    of_face: true,
    needs_full_model: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let words = |v| METRIC.say(v);
    scene.averaged(|t| (t.lip, t.affect_s), 6000, |v| CURVE.quality(v), words).over_rest(scene)
}
