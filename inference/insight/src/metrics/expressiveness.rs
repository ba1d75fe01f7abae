//! Expressiveness: how lively the face was, 0 to 1 (`watch/expressive.rs`).

use super::{Measure, Metric, Priority};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::texts;

pub const CURVE: Curve = Curve::Rise { zero: 0.08, full: 0.55 };

pub const METRIC: Metric = Metric {
    id: "expressiveness",
    name: "Facial expression",
    unit: "",
    window: "the answer; each moment over the last 10 s",
    baseline: "the face's own mean over the last 10 s",
    source: "Expressive applicants are rated higher (Naim et al. 2015; Nguyen et al. 2014); this measure of it is ours.",
    noticeable: Some(0.12),
    series: Some(|s| &s.expressiveness),
    more_less: ["livelier", "flatter"],
    priority: Priority::Last,
    phrase: Some(|v| texts::expression(v).into()),
    reads: Some(|t| texts::expression(t.value).into()),
    target: Some(|full| texts::expression(full).into()),
    advice: Some(|_| {
        "Your face moved little. Let it show what you think of what you tell: raise the brows at the surprising part."
            .into()
    }),
    praise: Some(|_| "your face was lively".into()),
    shows_good: true,
    of_face: true,
    needs_full_model: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let words = |v| METRIC.say(v);
    scene.averaged(|t| (t.expressive, t.expressive_s), 10_000, |v| CURVE.quality(v), words)
}
