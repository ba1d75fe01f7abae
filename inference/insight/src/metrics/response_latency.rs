//! Response latency: from the question to the first word.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const METRIC: Metric = Metric {
    id: "response_latency",
    name: "Time to the first word",
    unit: "s",
    window: "from the question's mark to the first speech of its answer; the mean over several answers",
    baseline: "none",
    source: "A delayed onset is heard as doubt (Jiang and Pell 2017); but a moment's thought is asked of every candidate, so it scores nothing.",
    noticeable: Some(1.5),
    more_less: ["longer", "shorter"],
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let found: Vec<_> = scene.events(&scene.timeline.latencies, |(asked, _)| *asked).collect();
    let mean = crate::stats::ratio(found.iter().map(|(_, ms)| *ms as f64 / 1000.0).sum(), found.len() as f64);
    let events = found
        .iter()
        .map(|&&(asked, ms)| {
            (ms as f32, Moment { span: Span::new(asked, asked + ms), why: texts::latency(ms), good: ms <= 3000 })
        })
        .collect();
    Measure { value: mean, coverage: if mean.is_some() { 1.0 } else { 0.0 }, ..Measure::default() }
        .with_events(scene, events)
}
