//! Arousal as the face shows it, on average, 0 to 1 (`affect.rs`).

use super::{Measure, Metric};
use crate::scene::{Scene, ratio};

pub const METRIC: Metric = Metric {
    id: "arousal",
    unit: "",
    window: "the answer, smoothed over 0.7 s",
    baseline: "the person's face at rest",
    source: "See affect.rs for the formula and its literature. What a face shows is not what a person feels (Barrett et al. 2019): shown, not scored.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    scene.faced(ratio(t.arousal, t.affect_s), t.affect_s)
}
