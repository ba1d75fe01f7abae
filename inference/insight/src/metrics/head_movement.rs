//! Head movement: the mean speed at which the head turns, degrees per second.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;

/// So fast a head turns that does nothing but speak: the middle of what was measured.
const SPEAKING_DEG_PER_S: f32 = 10.0;
pub const CURVE: Curve = Curve::Fall { full: SPEAKING_DEG_PER_S, zero: 50.0 };

pub const METRIC: Metric = Metric {
    id: "head_movement",
    name: "Head movement",
    unit: "deg/s",
    window: "the answer",
    baseline: "none",
    source: "The amount of head motion goes with arousal (Busso et al. 2007; Hammal and Cohn 2014), moderately; where fidgeting begins is a \
             convention. Speaking alone moves a head by 5 to 15 degrees a second.",
    noticeable: Some(8.0),
    phrase: Some(|v| match v / SPEAKING_DEG_PER_S {
        times if times <= 1.0 => "the head was calm".into(),
        times => format!("the head moved {times:.1} times as much as speaking moves it"),
    }),
    reads: Some(|t| match t.value / SPEAKING_DEG_PER_S {
        times if times <= 1.0 => "calm".into(),
        times => format!("{times:.1} times as much as speaking moves it"),
    }),
    target: Some(|_| "no more than speaking moves it".into()),
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
