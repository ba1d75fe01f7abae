//! Head movement: the mean speed at which the head turns, degrees per second.

use super::{Measure, Metric, moments};
use crate::scene::Scene;
use crate::scores::curve::Curve;

pub const CURVE: Curve = Curve::Fall { full: 10.0, zero: 50.0 };

pub const METRIC: Metric = Metric {
    id: "head_movement",
    unit: "deg/s",
    window: "the answer",
    baseline: "none",
    source: "The amount of head motion goes with arousal (Busso et al. 2007; Hammal and Cohn 2014), moderately; where fidgeting begins is a \
             convention. Speaking alone moves a head by 5 to 15 degrees a second.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let words = moments::worded("head_movement", "deg/s");
    scene.averaged(|t| (t.speed, t.speed_s), 8000, |v| CURVE.quality(v), words)
}
