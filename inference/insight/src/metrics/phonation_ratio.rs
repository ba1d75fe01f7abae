//! Phonation ratio: the share of the answer's talk in which the voice says speech.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;

pub const METRIC: Metric = Metric {
    id: "phonation_ratio",
    name: "Share of speech",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "Fluency research's measure of how much of the talk is talk (de Jong and Wempe 2009).",
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    scene.voiced(ratio(scene.totals.speech_s, scene.totals.talk_s).map(|v| v.min(1.0)))
}
