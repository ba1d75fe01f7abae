//! Pitch range: from the 5th to the 95th percentile of the voice's pitch, in semitones.

use super::{Measure, Metric};
use crate::scene::Scene;
use crate::stats::quantile;

pub const METRIC: Metric = Metric {
    id: "pitch_range",
    name: "Pitch range",
    unit: "st",
    window: "the answer, over 100 ms means",
    baseline: "none",
    source: "Shown beside the SD, because a few slips of the tracker move an SD and not these percentiles. 6 to 10 st is usual for readers.",
    reads: Some(|t| match t.value {
        v if v >= 11.5 => format!("{:.1} octaves", v / 12.0),
        v => format!("{v:.0} semitones; an octave has 12"),
    }),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let cells = scene.spans.iter().flat_map(|s| scene.timeline.cells(*s));
    let mut means: Vec<f32> =
        cells.filter(|(_, c)| c.voiced >= 3).map(|(_, c)| c.pitch_sum / f32::from(c.voiced)).collect();
    let range = quantile(&mut means, 0.95).zip(quantile(&mut means, 0.05)).map(|(high, low)| high - low);
    scene.toned(range)
}
