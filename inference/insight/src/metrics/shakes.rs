//! Shakes of the head (sideways), per minute of good face.

use super::{Measure, Metric, moments};
use crate::scene::Scene;
use crate::timeline::Gesture;

pub const METRIC: Metric = Metric {
    id: "shakes",
    name: "Head shakes",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "Two swings of 2.5 degrees and more within a second, sideways. Our own detector; no labelled data was at hand to check it.",
    of_face: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    moments::gestures(scene, Gesture::Shake, "a shake of the head")
}
