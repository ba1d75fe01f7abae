//! What went well: inputs of a score that are well within their aim, the weightiest first, none that a fault speaks against.

use super::Fault;
use crate::metrics;
use crate::scores::formula;
use crate::texts;
use coach_core::report::{Feedback, Scores};

/// From this quality on something is praised.
const STRONG: f32 = 0.85;
/// While one of these is at fault, none of [`TONE`] is praised: a voice that is too quiet, breathless or hurried is not lively.
const VOICE: [&str; 6] = ["volume_level", "noise", "pause_share", "volume_consistency", "phrase_end_level", "pace"];
const TONE: [&str; 5] = ["pitch_variation", "volume_level", "volume_consistency", "phrase_end_level", "pitch_drift"];
/// While one of these is at fault, nothing of the face is praised.
const VIDEO: [&str; 4] = ["presence", "light", "several_faces", "eye_contact"];

pub(super) fn praise(scores: &Scores, faults: &[Fault], most: usize) -> Vec<Feedback> {
    let at_fault = |ids: &[&str]| faults.iter().any(|f| ids.contains(&f.id));
    let (voice_at_fault, video_at_fault) = (at_fault(&VOICE), at_fault(&VIDEO));
    let mut found: Vec<(f32, &'static metrics::Metric, f32)> = Vec::new();
    for (name, score) in scores.each().into_iter().filter(|(_, score)| score.value.is_some()) {
        for c in &score.contributions {
            let (Some(value), Some(input)) = (c.value, formula(name).input(&c.metric)) else { continue };
            let quality = input.curve.quality(value);
            let silenced =
                (input.metric.of_face && video_at_fault) || (voice_at_fault && TONE.contains(&input.metric.id));
            if quality < STRONG || input.metric.praise.is_none() || silenced || at_fault(&[input.metric.id]) {
                continue;
            }
            found.push((input.weight * quality, input.metric, value));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.id.cmp(b.1.id)));
    let first = found.into_iter().take(most);
    first
        .filter_map(|(_, metric, value)| {
            let text = texts::sentence(&metric.praise?(value));
            Some(Feedback { id: metric.id.into(), text, answers: Vec::new(), worst: None })
        })
        .collect()
}
