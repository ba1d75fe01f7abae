//! The outline of an answer: where situation, task, action and result begin, found by set phrases.
//!
//! A list of phrases finds what is told the usual way and misses the rest. What is not found may well have been said.

use crate::said::{Said, Spoken, is_at, spoken};
use coach_core::Span;
use coach_core::report::{Outline, OutlinePart, StoryPart};

/// A quotation of a part has at most so many words.
const QUOTE_WORDS: usize = 10;

const SITUATION: [&str; 20] = [
    "when i was",
    "when we were",
    "when i worked",
    "at the time",
    "at that time",
    "in my last",
    "in my previous",
    "in my first",
    "at my last",
    "at my previous",
    "last year",
    "last month",
    "last summer",
    "years ago",
    "months ago",
    "a while ago",
    "i was working",
    "we were working",
    "there was a",
    "i worked",
];
const TASK: [&str; 20] = [
    "i had to",
    "we had to",
    "my task",
    "my job was",
    "my role",
    "i was responsible",
    "i was in charge",
    "i was asked",
    "we were asked",
    "i needed to",
    "we needed to",
    "the goal was",
    "our goal",
    "my goal",
    "the challenge was",
    "the problem was",
    "the deadline",
    "supposed to",
    "i was expected",
    "it was up to me",
];
const RESULT: [&str; 25] = [
    "in the end",
    "as a result",
    "the result",
    "the outcome",
    "eventually",
    "it turned out",
    "which led to",
    "that led to",
    "this led to",
    "we managed to",
    "i managed to",
    "we delivered",
    "we shipped",
    "we finished",
    "we launched",
    "we ended up",
    "i ended up",
    "we reduced",
    "i reduced",
    "we increased",
    "it saved",
    "that saved",
    "since then",
    "i learned",
    "we learned",
];
/// What somebody did: "I" or "we", perhaps one of these, and a verb in the past.
const BETWEEN: [&str; 10] =
    ["then", "also", "first", "just", "immediately", "quickly", "personally", "finally", "even", "actually"];
const IRREGULAR: [&str; 30] = [
    "built", "brought", "called", "came", "chose", "cut", "did", "drew", "found", "gave", "held", "kept", "led",
    "made", "met", "put", "ran", "read", "rewrote", "said", "sat", "sent", "set", "split", "spoke", "taught", "told",
    "took", "went", "wrote",
];
/// Verbs in the past that tell no action.
const STATES: [&str; 14] = [
    "needed", "wanted", "liked", "worked", "lived", "learned", "used", "tried", "happened", "seemed", "loved", "hoped",
    "feared", "believed",
];

/// Returns what somebody is told to have done at the place: "I decided", "we then rewrote".
fn is_action(spoken: &Spoken, at: usize) -> bool {
    let word = |i: usize| spoken.get(i).map_or("", |(_, word)| word.as_str());
    if !matches!(word(at), "i" | "we") {
        return false;
    }
    let verb = if BETWEEN.contains(&word(at + 1)) { word(at + 2) } else { word(at + 1) };
    let past = (verb.len() > 4 && verb.ends_with("ed")) || IRREGULAR.contains(&verb);
    past && !STATES.contains(&verb)
}

/// Returns the part that begins at the place, if a set phrase says so.
fn part_at(spoken: &Spoken, at: usize) -> Option<StoryPart> {
    let any = |phrases: &[&str]| phrases.iter().any(|phrase| is_at(spoken, at, phrase));
    if any(&RESULT) {
        Some(StoryPart::Result)
    } else if any(&SITUATION) {
        Some(StoryPart::Situation)
    } else if any(&TASK) {
        Some(StoryPart::Task)
    } else {
        is_action(spoken, at).then_some(StoryPart::Action)
    }
}

/// Returns the parts that were found, in order of time, each from its first set phrase to the next part. A result counts only after an
/// action, or in the second half: "the result" of something else may open a story.
pub fn outline(said: &Said) -> Outline {
    let spoken = spoken(said.words());
    let mut first: Vec<(usize, StoryPart)> = Vec::new();
    for at in 0..spoken.len() {
        let Some(part) = part_at(&spoken, at) else { continue };
        let acted = first.iter().any(|(_, known)| *known == StoryPart::Action);
        let early = part == StoryPart::Result && !acted && 2 * at < spoken.len();
        if !early && first.iter().all(|(_, known)| *known != part) {
            first.push((at, part));
        }
    }
    let begins: Vec<usize> = first.iter().map(|(at, _)| *at).collect();
    let part = |(n, &(at, part)): (usize, &(usize, StoryPart))| {
        let end = begins.get(n + 1).copied().unwrap_or(spoken.len());
        let (start, last) = (spoken[at].0.start, spoken[end - 1].0.end);
        let words: Vec<&str> = spoken[at..end].iter().take(QUOTE_WORDS).map(|(w, _)| w.text.trim()).collect();
        let quote = words.join(" ").trim_end_matches([',', '.', ';', ':']).to_owned();
        OutlinePart { part, span: Span::new(start, last.max(start)), quote }
    };
    Outline { parts: first.iter().enumerate().map(part).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::tests::words;
    use StoryPart::{Action, Result, Situation, Task};

    fn found(text: &str) -> Vec<(StoryPart, String)> {
        let words = words(0, text);
        let said = Said { phrases: vec![words.iter().collect()], share: 1.0 };
        outline(&said).parts.into_iter().map(|p| (p.part, p.quote)).collect()
    }

    #[test]
    fn a_whole_story_has_four_parts_in_order_with_their_words() {
        let parts = found(
            "In my last job um our build took an hour. I had to make it faster. So I then rewrote the slow steps and we \
             moved them. In the end it took ten minutes.",
        );
        assert_eq!(parts.iter().map(|p| p.0).collect::<Vec<_>>(), [Situation, Task, Action, Result]);
        assert_eq!(parts[1].1, "I had to make it faster. So");
        assert_eq!(parts[3].1, "In the end it took ten minutes");
    }

    #[test]
    fn what_tells_no_part_is_none() {
        assert!(
            found("I like this company because it is good and I needed a change and people seemed nice").is_empty()
        );
        assert!(found("").is_empty());
        let parts = found("The result was bad when I looked at it and then I wrote to them about it again and again");
        assert_eq!(parts.iter().map(|p| p.0).collect::<Vec<_>>(), [Action], "a result that opens a story is none");
    }

    #[test]
    fn a_part_ends_where_the_next_one_begins() {
        let words = words(0, "Last year I decided to go. In the end I went.");
        let said = Said { phrases: vec![words.iter().collect()], share: 1.0 };
        let spans: Vec<(i64, i64)> =
            outline(&said).parts.iter().map(|p| (p.span.start.ms(), p.span.end.ms())).collect();
        assert_eq!(spans, [(0, 500), (600, 1700), (1800, 3200)]);
    }
}
