//! Arousal as the face shows it, on average, 0 to 1 (`affect.rs`).

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::ratio;

pub const METRIC: Metric = Metric {
    id: "arousal",
    name: "Arousal",
    unit: "",
    window: "the answer, smoothed over 0.7 s",
    baseline: "the person's face at rest",
    source: "See affect.rs for the formula and its literature. What a face shows is not what a person feels (Barrett et al. 2019): shown, not scored.",
    series: Some(|s| &s.arousal),
    reads: Some(|t| format!("{:.2}, from 0 to 1", t.value)),
    of_face: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    scene.faced(ratio(t.arousal, t.affect_s), t.affect_s)
}
