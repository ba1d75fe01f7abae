//! Voice stability: how much rougher the voice was than its own baseline; 1 = as usual, 2 = twice as rough.
//!
//! The geometric mean of jitter and shimmer over steady voiced runs, each over the person's own. Never the clinical limits: those
//! are for held vowels, and normal connected speech breaks them always.

use super::{Measure, Metric};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::stats::median;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Fall { full: 1.05, zero: 2.0 };
/// Shorter runs have too few periods to compare.
const STEADY_MS: i64 = 150;
/// Through a codec neither falls below these.
const FLOORS: (f32, f32) = (0.003, 0.03);

pub const METRIC: Metric = Metric {
    id: "voice_stability",
    name: "Roughness of voice",
    unit: "x",
    window: "the median over voiced runs of 150 ms and more; at least ten",
    baseline: "the person's own first 15 s of speech; nothing without it",
    source: "Perturbation moves with loudness, vowel and codec (Brockmann 2008); as a sign of nerves the evidence is weak, so it weighs little.",
    reads: Some(|t| match t.side {
        Side::Within => "as smooth as usual".into(),
        _ => format!("{:.1} times as rough as usual", t.value),
    }),
    target: Some(|full| format!("at most {full:.2} times your usual")),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let runs: Vec<_> = scene.events(&scene.timeline.runs, |r| r.t).filter(|r| r.end - r.start >= STEADY_MS).collect();
    let mut jitter: Vec<f32> = runs.iter().filter_map(|r| r.jitter_local).collect();
    let mut shimmer: Vec<f32> = runs.iter().filter_map(|r| r.shimmer_local).collect();
    let usual = scene.baseline.usual;
    let over =
        |now: Option<f32>, usual: Option<f32>, floor: f32| now.zip(usual).map(|(n, u)| n.max(floor) / u.max(floor));
    let enough = jitter.len() >= 10;
    let jitter = over(median(&mut jitter), usual.and_then(|u| u.jitter), FLOORS.0);
    let shimmer = over(median(&mut shimmer), usual.and_then(|u| u.shimmer), FLOORS.1);
    let value = jitter.zip(shimmer).map(|(j, s)| (j * s).sqrt()).filter(|_| enough);
    let events = runs.iter().filter_map(|run| {
        let rough = over(run.jitter_local, usual.and_then(|u| u.jitter), FLOORS.0)?
            * over(run.shimmer_local, usual.and_then(|u| u.shimmer), FLOORS.1)?;
        let rough = rough.max(0.0).sqrt();
        let moment = || Moment { span: Span::new(run.start, run.end), why: texts::rough(rough), good: false };
        (rough > 1.6).then(|| (rough, moment()))
    });
    let events = events.collect();
    Measure { baseline: Some(1.0).filter(|_| usual.is_some()), ..scene.toned(value).with_events(scene, events) }
}
