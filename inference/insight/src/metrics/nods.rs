//! Nods of the head (up and down), per minute of good face.

use super::{Measure, Metric, moments};
use crate::scene::Scene;
use crate::scores::curve::Curve;
use crate::timeline::Gesture;

pub const CURVE: Curve = Curve::Rise { zero: 0.0, full: 4.0 };

pub const METRIC: Metric = Metric {
    id: "nods",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "Two swings of 2.5 degrees and more within a second, up and down. Our own detector; no labelled data was at hand to check it.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    moments::gestures(scene, Gesture::Nod, "nods")
}
