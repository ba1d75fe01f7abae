//! Brow tension: how far the brows were drawn together above rest (AU04), on average, 0 to 1.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;

pub const CURVE: Curve = Curve::Fall { full: 0.03, zero: 0.25 };

pub const METRIC: Metric = Metric {
    id: "brow_tension",
    name: "Brows drawn together",
    unit: "",
    window: "the answer",
    baseline: "the person's face at rest",
    source: "A proxy from blendshapes, never checked against FACS coders; concentration looks the same. Not taken where the operator \
             switched affect off.",
    noticeable: Some(0.06),
    phrase: Some(|v| format!("brows drawn together, {v:.2} of 1")),
    advice: Some(|t| format!("Your brows were drawn together: {} of 1 above rest, aim for {}.", t.number(), t.target)),
    praise: Some(|_| "a relaxed face".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let words = |v| METRIC.say(v);
    scene.averaged(|t| (t.brow, t.affect_s), 6000, |v| CURVE.quality(v), words).over_rest(scene)
}
