//! Words per phrase: how many words are said between two pauses, on average.

use super::{Measure, Metric};
use crate::said::{WINDOW, spoken};
use crate::scene::Scene;

/// Phrases from which on their mean is told.
const LEAST_PHRASES: usize = 3;

pub const METRIC: Metric = Metric {
    id: "words_per_phrase",
    name: "Words between pauses",
    unit: "words",
    window: WINDOW,
    baseline: "none",
    source: "Words of the phrases that were written down with certainty, fillers left out; a phrase ends with a pause of 0.8 s, and after \
             20 s at the latest. How many are right depends on the sentence. Shown, never scored.",
    of_words: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    scene.worded(|said| {
        let phrases = said.count(|_| 1);
        let words = said.count(|words| spoken(words.iter().copied()).len());
        (phrases >= LEAST_PHRASES).then(|| words as f32 / phrases as f32)
    })
}
