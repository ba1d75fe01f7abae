//! Smile: how far the mouth's corners were pulled above rest, on average, 0 to 1.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::stats::ratio;

pub const CURVE: Curve = Curve::Rise { zero: 0.0, full: 0.14 };

pub const METRIC: Metric = Metric {
    id: "smile",
    name: "Smile",
    unit: "",
    window: "the answer",
    baseline: "the person's face at rest",
    source: "Smiles go with better interview ratings (Naim et al. 2015). A smile now and then is enough: an average of 0.14 is full.",
    noticeable: Some(0.06),
    phrase: Some(|_| "a smile".into()),
    advice: Some(|t| {
        format!(
            "You hardly smiled: {} of 1 on average, aim for {}. One smile at the start and one at the end do it.",
            t.number(),
            t.target
        )
    }),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    let measure = scene.faced(ratio(t.smile, t.units_s), t.units_s).with_windows(
        scene,
        4000,
        |t| ratio(t.smile, t.units_s).filter(|v| t.units_s >= 2.0 && *v >= 0.25),
        |_| 1.0,
        |v| METRIC.say(v),
    );
    measure.over_rest(scene)
}
