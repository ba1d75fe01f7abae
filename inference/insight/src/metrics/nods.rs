//! Nods of the head (up and down), per minute of good face.

use super::{Measure, Metric, moments};
use crate::scene::Scene;
use crate::timeline::Gesture;

pub const METRIC: Metric = Metric {
    id: "nods",
    name: "Nods",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "Two swings of 2.5 degrees and more within a second, up and down. Our own detector; no labelled data was at hand to check it, and it depends on the encoding. Nodding belongs to listening (Maynard 1987): shown, never advised.",
    of_face: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    moments::gestures(scene, Gesture::Nod, "a nod")
}
