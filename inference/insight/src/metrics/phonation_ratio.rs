//! Phonation ratio: the share of the answer's talk in which the voice says speech.

use super::{Measure, Metric};
use crate::scene::{Scene, ratio};

pub const METRIC: Metric = Metric {
    id: "phonation_ratio",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "Fluency research's measure of how much of the talk is talk (de Jong and Wempe 2009).",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    scene.voiced(ratio(scene.totals.speech_s, scene.totals.talk_s).map(|v| v.min(1.0)))
}
