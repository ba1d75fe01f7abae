//! Blink rate: blinks per minute of good face.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;
use crate::timeline::Gesture;

pub const METRIC: Metric = Metric {
    id: "blink_rate",
    name: "Blinks",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "15 to 20 a minute is usual, more in conversation; as a sign of nerves it is weak, and at 15 frames a second the shortest are \
             missed: shown, not scored.",
    of_face: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let blinks = scene.events(&scene.timeline.gestures, |(_, span)| span.start).filter(|(k, _)| *k == Gesture::Blink);
    let good_s = scene.totals.good_s;
    scene.faced(ratio(blinks.count() as f64, good_s / 60.0), good_s)
}
