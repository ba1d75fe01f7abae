//! Eye contact: the share of the time in which the eyes were on the camera.

use super::{Measure, Metric, Priority};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::texts;

pub const CURVE: Curve = Curve::Rise { zero: 0.10, full: 0.70 };

pub const METRIC: Metric = Metric {
    id: "eye_contact",
    name: "Eye contact",
    unit: "share",
    window: "the answer; live the last 5 s",
    baseline: "the person's look at the camera in the device check, else of the first 10 s (no further than 8 degrees from where the camera is)",
    source: "Gaze is among the visual signs of hirability (Nguyen et al. 2014). Nobody looks all the time: seven tenths is full. Head turn plus \
             35 degrees per iris offset, held over blinks; with the lite model the head alone.",
    noticeable: Some(0.15),
    series: Some(|s| &s.eye_contact),
    more_less: ["more on the camera", "less on the camera"],
    priority: Priority::First,
    advice: Some(|t| {
        let how_much = match t.value {
            v if v < 0.05 => "hardly ever on the camera".to_owned(),
            v => format!("on the camera for {:.0} % of the time", v * 100.0),
        };
        format!("Your eyes were {how_much}. Look into the lens when you make your point.")
    }),
    praise: Some(|v| match v {
        v if v >= 0.97 => "your eyes stayed on the camera".into(),
        v => format!("your eyes were on the camera for {:.0} % of the time", v * 100.0),
    }),
    of_face: true,
    needs_full_model: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    scene.faced(t.contact(), t.gaze_s).with_stretches(
        scene,
        2000,
        |c| (c.face.gaze_ms > 0).then_some(c.face.contact_ms * 2 < c.face.gaze_ms),
        texts::looked_away,
    )
}
