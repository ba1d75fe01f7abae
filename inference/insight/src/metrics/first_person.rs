//! "I" and "we": of the words that name who acted, the share that name the speaker alone.

use super::{Measure, Metric};
use crate::said::{Said, WINDOW, bare};
use crate::scene::Scene;
use crate::stats::ratio;

const ALONE: [&str; 5] = ["i", "me", "my", "mine", "myself"];
const TOGETHER: [&str; 5] = ["we", "us", "our", "ours", "ourselves"];
/// Of fewer there is no share to speak of.
const LEAST: usize = 5;

pub const METRIC: Metric = Metric {
    id: "first_person",
    name: "Share of \u{201c}I\u{201d} beside \u{201c}we\u{201d}",
    unit: "share",
    window: WINDOW,
    baseline: "none",
    source: "Of I, me, my, we, us, our and their forms, the share of the singular; at least five of them. An interviewer asks for your own \
             part, and a team's work is told with \"we\": there is no right share. Shown, never scored.",
    of_words: true,
    measure,
    ..Metric::SHOWN
};

/// Who a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Alone,
    Together,
}

/// Returns whom the word names of the speaker and the speaker's group: "I've" is the speaker, "we'd" the group.
pub fn person(word: &str) -> Option<Person> {
    let bare = bare(word);
    let stem = bare.split('\'').next().unwrap_or_default();
    if ALONE.contains(&stem) {
        return Some(Person::Alone);
    }
    // "let's" is none of them, and "us" without its case could be the country.
    (TOGETHER.contains(&stem) && word != "US").then_some(Person::Together)
}

/// Returns how many words name the speaker alone, and how many the group.
pub fn counts(said: &Said) -> (usize, usize) {
    let count = |who: Person| said.words().filter(|word| person(&word.text) == Some(who)).count();
    (count(Person::Alone), count(Person::Together))
}

fn measure(scene: &Scene) -> Measure {
    scene.worded(|said| {
        let (alone, together) = counts(said);
        ratio(alone as f64, (alone + together) as f64).filter(|_| alone + together >= LEAST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_belong_to_their_person_and_other_words_to_none() {
        use Person::{Alone, Together};
        let read = ["I", "I've", "My,", "we're", "us.", "US", "it", "let's", "hour"].map(person);
        assert_eq!(read[..5], [Some(Alone), Some(Alone), Some(Alone), Some(Together), Some(Together)]);
        assert_eq!(read[5..], [None; 4]);
    }
}
