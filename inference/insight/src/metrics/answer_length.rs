//! Answer length against the question's suggested time: 1 is just as long.

use super::{Measure, Metric, Priority};
use crate::scene::Scene;
use crate::texts;

pub const METRIC: Metric = Metric {
    id: "answer_length",
    name: "Answer length",
    unit: "x",
    window: "the answer, pauses that the candidate took left out",
    baseline: "the question's suggested time",
    source: "The suggested time is the question's author's; no study is behind it, so it scores nothing.",
    noticeable: Some(0.3),
    more_less: ["longer", "shorter"],
    reads: Some(|t| format!("{:.0} % of the suggested time", 100.0 * t.value)),
    priority: Priority::First,
    advice: Some(|t| {
        format!(
            "Your answer took {}; the suggested time was {}. Choose your strongest example and leave the rest for a question.",
            texts::about_seconds(t.span_s),
            texts::about_seconds(t.span_s / f64::from(t.value))
        )
    }),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let ms: i64 = scene.spans.iter().map(|s| s.len_ms()).sum();
    let value = scene.suggested_ms.map(|suggested| ms as f32 / suggested as f32).filter(|v| v.is_finite());
    Measure {
        coverage: if value.is_some() { 1.0 } else { 0.0 },
        baseline: value.map(|_| 1.0),
        value,
        ..Measure::default()
    }
}
