//! Hedges: "I think", "maybe", "kind of", "you know" and the like, per 100 words.

use super::{Measure, Metric};
use crate::said::{Spoken, WINDOW, is_at, spoken};
use crate::scene::Scene;
use crate::stats::ratio;
use coach_core::journal::Word;

/// What counts, in the order in which it is looked for: longer ones first.
const HEDGES: [&str; 18] = [
    "a little bit",
    "i feel like",
    "more or less",
    "to be honest",
    "i think",
    "i guess",
    "i suppose",
    "i believe",
    "kind of",
    "sort of",
    "you know",
    "i mean",
    "or something",
    "or whatever",
    "maybe",
    "perhaps",
    "probably",
    "somewhat",
];
/// "a kind of", "what kind of": a noun, no hedge.
const NOUN_BEFORE: [&str; 9] = ["a", "the", "this", "that", "what", "some", "any", "every", "same"];
/// "do you know", "as you know": a question or a reference, no hedge.
const KNOW_BEFORE: [&str; 5] = ["do", "did", "if", "let", "as"];

pub const METRIC: Metric = Metric {
    id: "hedges",
    name: "Hedges",
    unit: "/100 words",
    window: WINDOW,
    baseline: "none",
    source: "Phrases that weaken what is said (\"I think\", \"maybe\", \"kind of\", \"you know\", \"like\" between commas), from a list; \
             hedged speakers are judged less certain (Hosman 1989), and one that is meant is no fault. Shown, never scored.",
    of_words: true,
    measure,
    ..Metric::SHOWN
};

/// Returns the hedges in words, in order of time.
pub fn hedges(words: &[&Word]) -> Vec<&'static str> {
    let spoken = spoken(words.iter().copied());
    let mut found = Vec::new();
    let mut at = 0;
    while at < spoken.len() {
        let before = at.checked_sub(1).map_or("", |i| spoken[i].1.as_str());
        let hedge = HEDGES.into_iter().find(|hedge| is_at(&spoken, at, hedge)).filter(|hedge| !is_meant(hedge, before));
        match hedge.or_else(|| is_set_off(&spoken, at).then_some("like")) {
            Some(hedge) => {
                found.push(hedge);
                at += hedge.split(' ').count();
            }
            None => at += 1,
        }
    }
    found
}

/// Returns whether the words are meant as they stand after the word `before`: "a kind of club", "do you know".
fn is_meant(hedge: &str, before: &str) -> bool {
    match hedge {
        "kind of" | "sort of" => NOUN_BEFORE.contains(&before),
        "you know" => KNOW_BEFORE.contains(&before),
        _ => false,
    }
}

/// "like" that the recognizer sets off with commas on both sides.
fn is_set_off(spoken: &Spoken, at: usize) -> bool {
    let comma = |i: usize| spoken[i].0.text.trim_end().ends_with(',');
    spoken[at].1 == "like" && comma(at) && at > 0 && comma(at - 1)
}

fn measure(scene: &Scene) -> Measure {
    scene.worded(|said| ratio(100.0 * said.count(|words| hedges(words).len()) as f64, said.spoken() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::tests::words;

    #[test]
    fn hedges_are_found_by_their_words_and_nouns_and_questions_are_left_alone() {
        let found = |text: &str| {
            let words = words(0, text);
            hedges(&words.iter().collect::<Vec<_>>())
        };
        assert_eq!(found("I think, maybe it was kind of late."), ["i think", "maybe", "kind of"]);
        assert_eq!(found("It was, like, three, you know, months"), ["like", "you know"]);
        assert_eq!(found("What kind of team was it? A kind of club. Do you know it? I like it."), [] as [&str; 0]);
        assert_eq!(found("I thought about it"), [] as [&str; 0]);
        assert_eq!(found("a little"), [] as [&str; 0], "cut off");
    }
}
