//! Brow tension: how far the brows were drawn together above rest (AU04), on average, 0 to 1.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::texts;

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
    phrase: Some(|_| "brows drawn together".into()),
    reads: Some(|t| texts::over_rest(t.value).into()),
    target: Some(|_| "at rest".into()),
    advice: Some(|_| {
        "Your brows were drawn together much of the time. Let them rest before you begin a sentence.".into()
    }),
    of_face: true,
    needs_full_model: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let words = |v| METRIC.say(v);
    scene.averaged(|t| (t.brow, t.affect_s), 6000, |v| CURVE.quality(v), words).over_rest(scene)
}
