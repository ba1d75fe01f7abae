//! Repeated words and restarts: "I I", "we had we had", per 100 words.

use super::{Measure, Metric};
use crate::said::{WINDOW, spoken};
use crate::scene::Scene;
use crate::stats::ratio;
use coach_core::journal::Word;

/// A run of at most so many words that is said twice in a row counts.
const LONGEST: usize = 3;
/// Said twice on purpose, or rightly.
const RIGHTLY: [&str; 9] = ["very", "really", "so", "no", "yes", "had", "that", "many", "bye"];

pub const METRIC: Metric = Metric {
    id: "repeated_words",
    name: "Repeated words",
    unit: "/100 words",
    window: WINDOW,
    baseline: "none",
    source: "One to three words said twice in a row, fillers between them left out; doubled \"very\", \"really\" and the like do not count. \
             The recognizer writes some repetitions once, so this is a lower bound. Shown, never scored.",
    of_words: true,
    measure,
    ..Metric::SHOWN
};

/// Returns the runs of words that are said twice in a row, in order of time.
pub fn repeats(words: &[&Word]) -> Vec<String> {
    let spoken = spoken(words.iter().copied());
    let mut found = Vec::new();
    let mut at = 1;
    while at < spoken.len() {
        let same =
            |n: &usize| *n <= at && at + n <= spoken.len() && (0..*n).all(|k| spoken[at - n + k].1 == spoken[at + k].1);
        match (1..=LONGEST).rev().find(same) {
            Some(n) if n > 1 || !RIGHTLY.contains(&spoken[at].1.as_str()) => {
                let run: Vec<&str> = spoken[at..at + n].iter().map(|(_, text)| text.as_str()).collect();
                found.push(run.join(" "));
                at += n;
            }
            _ => at += 1,
        }
    }
    found
}

fn measure(scene: &Scene) -> Measure {
    scene.worded(|said| ratio(100.0 * said.count(|words| repeats(words).len()) as f64, said.spoken() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::tests::words;

    #[test]
    fn words_said_twice_are_found_and_those_doubled_on_purpose_are_not() {
        let runs = |text: &str| {
            let words = words(0, text);
            repeats(&words.iter().collect::<Vec<_>>())
        };
        assert_eq!(runs("I I went"), ["i"]);
        assert_eq!(runs("So we had um we had a plan"), ["we had"]);
        assert_eq!(runs("It was very very good, no no"), [] as [&str; 0]);
        assert_eq!(runs("the the the end"), ["the", "the"]);
        assert_eq!(runs("word"), [] as [&str; 0]);
    }
}
