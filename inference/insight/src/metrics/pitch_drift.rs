//! Pitch drift: how far the voice's middle pitch wandered, 15 s by 15 s, in semitones.

use super::{LEAST_SPEECH_S, Measure, Metric};
use crate::baseline::median;
use crate::scene::Scene;
use crate::scores::curve::Curve;
use coach_core::Span;

pub const CURVE: Curve = Curve::Fall { full: 0.3, zero: 3.0 };
const WINDOW_MS: i64 = 15_000;

pub const METRIC: Metric = Metric {
    id: "pitch_drift",
    unit: "st",
    window: "the spread between the highest and the lowest median of 15 s windows, from the second 15 s of speech on",
    baseline: "the person's own median pitch",
    source: "A voice that climbs is heard as less sure (Jiang and Pell 2017, actors). The direction of mean pitch is inconsistent between \
             studies, so only the wandering counts and never the height.",
    measure,
};

fn measure(scene: &Scene) -> Measure {
    let mut middles: Vec<f32> = Vec::new();
    for &span in &scene.spans {
        let mut start = span.start;
        while start < span.end {
            let window = Span::new(start, (start + WINDOW_MS).min(span.end));
            let cells = scene.timeline.cells(window).filter(|(_, c)| c.voiced >= 3);
            let mut means: Vec<f32> = cells.map(|(_, c)| c.pitch_sum / f32::from(c.voiced)).collect();
            if means.len() >= 40 {
                middles.extend(median(&mut means));
            }
            start = start + WINDOW_MS;
        }
    }
    let usual = scene.baseline.usual.and_then(|u| u.pitch_st);
    // The mean distance from the middle of the middles: one odd window moves it, but not by all of its height.
    let middle = median(&mut middles);
    let drift = middle.filter(|_| middles.len() >= 2 && scene.totals.speech_s >= LEAST_SPEECH_S);
    let value = drift.map(|m| 2.0 * middles.iter().map(|x| (x - m).abs()).sum::<f32>() / middles.len() as f32);
    Measure { baseline: usual, ..scene.voiced(value) }
}
