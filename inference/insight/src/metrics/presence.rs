//! Presence: the share of the analysed time in which a face was in the frame.

use super::{Events, Measure, Metric, Priority};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;

pub const CURVE: Curve = Curve::Rise { zero: 0.6, full: 0.97 };

pub const METRIC: Metric = Metric {
    id: "presence",
    name: "Time in the frame",
    unit: "share",
    window: "the answer",
    baseline: "none",
    source: "What the detector saw.",
    priority: Priority::First,
    advice: Some(|t| {
        let Events { count, longest_ms, .. } = t.measure.events;
        let longest = texts::seconds(longest_ms);
        let how = if count <= 1 {
            format!("for {longest}")
        } else {
            format!("{}, the longest for {longest}", texts::times(count))
        };
        format!("You were out of the frame {how}. Sit so that head and shoulders stay in the picture.")
    }),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let t = &scene.totals;
    // In the dark nobody can tell whether somebody is there.
    let lit_s = t.analysed_s - t.dark_s;
    let value = ratio(t.present_s.min(lit_s), lit_s).filter(|_| t.present_s > 0.0);
    let measure = scene.faced(value, t.analysed_s).with_stretches(
        scene,
        1500,
        |c| (c.face.analysed_ms > 0).then_some(c.face.present_ms == 0 && c.face.dark_ms == 0),
        texts::out_of_frame,
    );
    let longest_ms = measure.moments.iter().map(|m| m.span.len_ms()).max().unwrap_or(0);
    Measure { events: Events { count: measure.moments.len(), of: 0, longest_ms }, ..measure }
}
