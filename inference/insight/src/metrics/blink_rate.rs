//! Blink rate: blinks per minute of good face, told as few, usual or many.
//!
//! The count of one clip differs by a third between encodings and frame rates, and the lite model misses half of the blinks: the number is
//! not shown, and nothing is said of less than a minute.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;
use crate::timeline::Gesture;

/// Less of a face that can be seen well says nothing of how often somebody blinks, seconds: a minute, but for what blinks themselves hide.
const LEAST_S: f64 = 55.0;
/// Reading alone has 1 to 14 a minute, conversation 10 to 32 (Doughty 2001).
const FEW: f32 = 8.0;
const MANY: f32 = 35.0;

pub const METRIC: Metric = Metric {
    id: "blink_rate",
    name: "Blinks",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "Reading alone has 1 to 14 a minute, conversation 10 to 32 (Doughty 2001); as a sign of nerves it is weak, and at 15 frames a \
             second the shortest are missed: told as few, usual or many, not scored.",
    reads: Some(|t| {
        match t.value {
            v if v < FEW => "few",
            v if v > MANY => "many",
            _ => "as often as usual",
        }
        .into()
    }),
    of_face: true,
    needs_full_model: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let blinks = scene.events(&scene.timeline.gestures, |(_, span)| span.start).filter(|(k, _)| *k == Gesture::Blink);
    let good_s = scene.totals.good_s;
    let enough = good_s >= LEAST_S && scene.full_face_model;
    scene.faced(ratio(blinks.count() as f64, good_s / 60.0).filter(|_| enough), good_s)
}
