//! Expressiveness: how lively the face was, 0 to 1 (`watch/expressive.rs`).

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;

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
    phrase: Some(|v| format!("facial expression {v:.2} of 1")),
    advice: Some(|t| format!("Your face moved little: {} of 1, aim for {}.", t.number(), t.target)),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let words = |v| METRIC.say(v);
    scene.averaged(|t| (t.expressive, t.expressive_s), 10_000, |v| CURVE.quality(v), words)
}
