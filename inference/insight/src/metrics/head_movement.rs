//! Head movement: the mean speed at which the head turns, degrees per second.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;

pub const CURVE: Curve = Curve::Fall { full: 10.0, zero: 50.0 };

pub const METRIC: Metric = Metric {
    id: "head_movement",
    name: "Head movement",
    unit: "deg/s",
    window: "the answer",
    baseline: "none",
    source: "The amount of head motion goes with arousal (Busso et al. 2007; Hammal and Cohn 2014), moderately; where fidgeting begins is a \
             convention. Speaking alone moves a head by 5 to 15 degrees a second.",
    noticeable: Some(8.0),
    phrase: Some(|v| format!("the head moved {v:.0} degrees a second")),
    advice: Some(|_| "Your head moved a lot. Put both feet on the floor and let your hands do the moving.".into()),
    praise: Some(|_| "your head was calm".into()),
    of_face: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let words = |v| METRIC.say(v);
    scene.averaged(|t| (t.speed, t.speed_s), 8000, |v| CURVE.quality(v), words)
}
