//! The question that an answer leaves open: at most one, chosen by rule from the words.

use super::outline::outline;
use crate::metrics::{first_person, numbers_named};
use crate::said::{Said, bare};
use coach_core::live::Missing;
use coach_core::report::StoryPart;

/// An answer of fewer words is not asked about.
const LEAST_WORDS: usize = 25;
/// So many of "we", and not one "I": whose part was it?
const LEAST_WE: usize = 3;

/// Of questions with one of these an answer is a story, and only a story has these parts.
const ASKS_FOR_A_STORY: [&str; 8] =
    ["a time", "an example", "a situation", "describe a", "about a ", "about an ", "when you", "your biggest"];

/// Ways to ask, of which an answer's place picks one.
fn texts(missing: Missing) -> [&'static str; 2] {
    match missing {
        Missing::Result => ["What came of it?", "How did it end?"],
        Missing::OwnPart => ["What was your own part in it?", "Which of that did you do yourself?"],
        Missing::Action => ["What did you do about it?", "What steps did you take?"],
        Missing::Number => ["Can you put a number on it?", "How much did it change, in numbers?"],
    }
}

/// Returns whether a question asks for a story; without a question everything may be one.
pub fn asks_for_a_story(question: Option<&str>) -> bool {
    let Some(question) = question.map(str::to_lowercase) else { return true };
    ASKS_FOR_A_STORY.iter().any(|part| question.contains(part))
}

/// Returns what is missing of a story, the weightiest first; `None`: nothing, or too little was said to tell.
pub fn missing(said: &Said) -> Option<Missing> {
    if said.spoken() < LEAST_WORDS {
        return None;
    }
    let outline = outline(said);
    let has = |part: StoryPart| outline.parts.iter().any(|p| p.part == part);
    // "In my last job we ..." names the speaker, but nothing that the speaker did.
    let acts = said.words().any(|word| bare(&word.text).split('\'').next() == Some("i"));
    let (_, together) = first_person::counts(said);
    let numbers = said.count(|words| numbers_named::numbers(words).len());
    if !has(StoryPart::Result) {
        Some(Missing::Result)
    } else if !acts && together >= LEAST_WE {
        Some(Missing::OwnPart)
    } else if !has(StoryPart::Action) {
        Some(Missing::Action)
    } else {
        (numbers == 0).then_some(Missing::Number)
    }
}

/// Returns the follow-up question for what is missing; `place` of the answer picks among the ways to ask.
pub fn question(missing: Missing, place: usize) -> &'static str {
    texts(missing)[place % 2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::tests::words;

    fn asked(text: &str) -> Option<Missing> {
        let words = words(0, text);
        missing(&Said { phrases: vec![words.iter().collect()], share: 1.0 })
    }

    const SITUATION: &str = "In my last job our build took an hour and everybody was waiting for it all day.";
    const ACTION: &str = "I rewrote the slow steps and moved them to a cache.";
    const RESULT: &str = "In the end it took ten minutes.";

    #[test]
    fn each_missing_part_is_asked_for_and_a_whole_story_is_not_asked_about() {
        assert_eq!(asked(&format!("{SITUATION} {ACTION} It was a lot of work for me.")), Some(Missing::Result));
        assert_eq!(asked(&format!("{SITUATION} {ACTION} {RESULT}")), None);
        let together = "We rewrote the slow steps and we moved our tests.";
        assert_eq!(asked(&format!("{SITUATION} {together} {RESULT}")), Some(Missing::OwnPart));
        assert_eq!(asked(&format!("{SITUATION} {together} I planned it. {RESULT}")), None);
        assert_eq!(asked(&format!("{SITUATION} It was hard for me and my boss. {RESULT}")), Some(Missing::Action));
        let vague = "In the end it was much faster than before.";
        assert_eq!(asked(&format!("{SITUATION} {ACTION} {vague}")), Some(Missing::Number));
        assert_eq!(asked("I fixed it. It was good."), None, "too little to tell");
    }

    #[test]
    fn only_what_asks_for_a_story_is_followed_up() {
        assert!(asks_for_a_story(None) && asks_for_a_story(Some("Tell me about a conflict at work.")));
        assert!(asks_for_a_story(Some("Give me an example of leadership.")));
        assert!(
            !asks_for_a_story(Some("Why do you want this job?")) && !asks_for_a_story(Some("Tell me about yourself."))
        );
    }

    #[test]
    fn the_place_of_an_answer_picks_the_way_to_ask() {
        assert_ne!(question(Missing::Result, 0), question(Missing::Result, 1));
        assert_eq!(question(Missing::Number, 2), question(Missing::Number, 0));
    }
}
