//! Nods of the head (up and down), per minute of good face.

use super::{Measure, Metric, moments};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::timeline::Gesture;

pub const CURVE: Curve = Curve::Rise { zero: 0.0, full: 4.0 };

pub const METRIC: Metric = Metric {
    id: "nods",
    name: "Nods",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "Two swings of 2.5 degrees and more within a second, up and down. Our own detector; no labelled data was at hand to check it.",
    noticeable: Some(2.0),
    advice: Some(|t| format!("You hardly nodded: {}, aim for {}.", t.number(), t.target)),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    moments::gestures(scene, Gesture::Nod, "a nod")
}
