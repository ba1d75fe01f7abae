//! Hedges: "I think", "maybe", "kind of", "you know" and the like, per 100 words.

use super::{Measure, Metric};
use crate::said::{Said, WINDOW, bare};
use crate::scene::Scene;
use crate::stats::ratio;
use coach_core::Span;
use coach_core::journal::Word;
use coach_core::report::Moment;

/// What counts, in the order in which it is looked for: longer ones first.
const HEDGES: [&[&str]; 18] = [
    &["a", "little", "bit"],
    &["i", "feel", "like"],
    &["more", "or", "less"],
    &["to", "be", "honest"],
    &["i", "think"],
    &["i", "guess"],
    &["i", "suppose"],
    &["i", "believe"],
    &["kind", "of"],
    &["sort", "of"],
    &["you", "know"],
    &["i", "mean"],
    &["or", "something"],
    &["or", "whatever"],
    &["maybe"],
    &["perhaps"],
    &["probably"],
    &["somewhat"],
];
/// "a kind of", "what kind of": a noun, no hedge.
const NOUN_BEFORE: [&str; 9] = ["a", "the", "this", "that", "what", "some", "any", "every", "same"];
/// "do you know", "did you know": a question, no hedge.
const ASKING: [&str; 5] = ["do", "did", "if", "let", "as"];

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

/// Returns the hedges in words, with their stretch.
pub fn hedges(words: &[&Word]) -> Vec<(Span, String)> {
    let spoken: Vec<(&Word, String)> = words.iter().filter(|w| !w.filler).map(|w| (*w, bare(&w.text))).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < spoken.len() {
        let here = |hedge: &&&[&str]| {
            hedge.len() <= spoken.len() - at && hedge.iter().zip(&spoken[at..]).all(|(a, (_, b))| a == b)
        };
        let before = at.checked_sub(1).map_or("", |i| spoken[i].1.as_str());
        let meant = |hedge: &[&str]| match hedge {
            [_, "of"] => NOUN_BEFORE.contains(&before),
            ["you", "know"] => ASKING.contains(&before),
            _ => false,
        };
        let hedge = HEDGES.iter().find(here).filter(|hedge| !meant(hedge)).copied();
        match hedge.or_else(|| is_set_off(&spoken, at).then_some(&["like"])) {
            Some(hedge) => {
                let last = at + hedge.len() - 1;
                let start = spoken[at].0.start;
                found.push((Span::new(start, spoken[last].0.end.max(start)), hedge.join(" ")));
                at = last + 1;
            }
            None => at += 1,
        }
    }
    found
}

/// "like" that the recognizer sets off with commas on both sides.
fn is_set_off(spoken: &[(&Word, String)], at: usize) -> bool {
    let comma = |i: usize| spoken[i].0.text.trim_end().ends_with(',');
    spoken[at].1 == "like" && comma(at) && at > 0 && comma(at - 1)
}

fn measure(scene: &Scene) -> Measure {
    let found = |said: &Said| said.phrases.iter().flat_map(|words| hedges(words)).collect::<Vec<_>>();
    let measure = scene.worded(|said| ratio(100.0 * found(said).len() as f64, said.spoken() as f64));
    let Some(said) = scene.said() else { return measure };
    let event = |(span, hedge): (Span, String)| {
        let quote = said.quote(span, 3).unwrap_or(hedge);
        (0.0, Moment { span, why: quote, good: false })
    };
    measure.with_events(scene, found(&said).into_iter().map(event).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::tests::words;

    #[test]
    fn hedges_are_found_by_their_words_and_nouns_and_questions_are_left_alone() {
        let found = |text: &str| {
            let words = words(0, text);
            hedges(&words.iter().collect::<Vec<_>>()).into_iter().map(|(_, hedge)| hedge).collect::<Vec<_>>()
        };
        assert_eq!(found("I think, maybe it was kind of late."), ["i think", "maybe", "kind of"]);
        assert_eq!(found("It was, like, three, you know, months"), ["like", "you know"]);
        assert_eq!(found("What kind of team was it? A kind of club. Do you know it? I like it."), [] as [&str; 0]);
        assert_eq!(found("I thought about it"), [] as [&str; 0]);
        assert_eq!(found("a little"), [] as [&str; 0], "cut off");
    }
}
