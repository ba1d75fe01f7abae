//! Head movement: the mean speed at which the head turns, degrees per second.

use super::{Measure, Metric, moments};
use crate::scene::{Scene, ratio};
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
    let t = &scene.totals;
    scene.faced(ratio(t.speed, t.speed_s), t.speed_s).with_windows(
        scene,
        8000,
        |t| ratio(t.speed, t.speed_s).filter(|_| t.speed_s >= 4.0),
        |v| CURVE.quality(v),
        moments::worded("head_movement", "deg/s"),
    )
}
