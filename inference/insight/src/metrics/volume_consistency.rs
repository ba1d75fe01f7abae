//! Volume consistency: the spread of the levels of phrases, in dB; smaller is steadier.

use super::{Events, Measure, Metric, Priority};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::texts;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Fall { full: 1.0, zero: 6.0 };

pub const METRIC: Metric = Metric {
    id: "volume_consistency",
    name: "Evenness of volume",
    unit: "dB",
    window: "the SD over pieces of phrases of 1 to 4 s; at least five",
    baseline: "the answer's own mean",
    source: "Over single frames the spread is about 5 dB for all normal speech, because sounds differ; over phrase means it tells \
             dropped phrases (measured).",
    noticeable: Some(1.2),
    more_less: ["less even", "more even"],
    priority: Priority::First,
    reads: Some(|t| match t.side {
        Side::Within => "as loud in one phrase as in the next".into(),
        _ => format!("{:.0} % louder or quieter from phrase to phrase", 100.0 * (texts::times_as_loud(t.value) - 1.0)),
    }),
    target: Some(|_| "as loud in one phrase as in the next".into()),
    advice: Some(|t| {
        let count = t.measure.events.count;
        let where_ = if count == 0 {
            "from phrase to phrase".to_owned()
        } else {
            format!("and dropped in {}", texts::stretches(count))
        };
        format!(
            "Your volume was uneven {where_}. Keep the same loudness to the end, as if somebody sat at the far wall."
        )
    }),
    praise: Some(|_| "your volume was even".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let chunks: Vec<_> = scene.events(&scene.timeline.chunks, |c| c.span.start).collect();
    let n = chunks.len() as f32;
    let mean = chunks.iter().map(|c| c.level_db).sum::<f32>() / n.max(1.0);
    let sd = (chunks.iter().map(|c| (c.level_db - mean).powi(2)).sum::<f32>() / n.max(1.0)).sqrt();
    let value = (chunks.len() >= 5 && !scene.agc).then_some(sd);
    let low: Vec<_> = chunks.iter().filter(|c| mean - c.level_db > 4.0).collect();
    let counted = Events { count: low.len(), of: chunks.len(), longest_ms: 0 };
    let events = low
        .iter()
        .map(|c| (mean - c.level_db, Moment { span: c.span, why: texts::quieter(mean - c.level_db), good: false }))
        .collect();
    Measure { events: counted, ..scene.voiced(value).with_events(scene, events) }
}
