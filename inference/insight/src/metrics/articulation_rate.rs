//! Articulation rate: syllables per second of speech, pauses of 250 ms and more left out.

use super::{Measure, Metric};
use crate::curve::{Curve, Side};
use crate::scene::Scene;

pub const CURVE: Curve = Curve::Band { zero_low: 1.2, low: 2.6, high: 4.7, zero_high: 7.2 };

pub const METRIC: Metric = Metric {
    id: "articulation_rate",
    name: "Articulation rate",
    unit: "syl/s",
    window: "the answer",
    baseline: "none",
    source: "de Jong and Wempe 2009 for the measure; nuclei as this detector counts them (0.8 to 0.95 of the spoken ones). The band is wide, \
             because habits and languages differ.",
    noticeable: Some(0.5),
    more_less: ["faster", "slower"],
    advice: Some(|t| match t.side {
        Side::Over => {
            "Your words came fast between the pauses. Give the last word of each phrase its full length.".into()
        }
        _ => "Your words came slowly between the pauses. Say each phrase in one go.".into(),
    }),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let paused: i64 = scene.pauses().map(|p| p.span.len_ms()).sum();
    let spoken = scene.totals.talk_s - paused as f64 / 1000.0;
    let rate = crate::stats::ratio(f64::from(scene.totals.nuclei), spoken.max(0.0));
    scene.voiced(rate).with_windows(
        scene,
        10_000,
        |t| crate::stats::ratio(f64::from(t.nuclei), t.speech_s).filter(|_| t.speech_s >= 5.0),
        |v| CURVE.quality(v),
        |v| METRIC.say(v),
    )
}
