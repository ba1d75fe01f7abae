//! Numbers named: how often an answer gives a number ("20 percent", "three weeks", "2019").

use super::{Measure, Metric};
use crate::said::{WINDOW, spoken};
use crate::scene::Scene;
use coach_core::journal::Word;

/// The number words, of which a compound may be made: "twenty-one".
const NUMBERS: [&str; 33] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "dozen",
    "hundred",
    "thousand",
    "million",
    "billion",
];
/// The word that belongs to the number before it, and makes a number of "one".
const PERCENT: &str = "percent";

pub const METRIC: Metric = Metric {
    id: "numbers_named",
    name: "Numbers named",
    unit: "numbers",
    window: WINDOW,
    baseline: "none",
    source: "Figures and number words, those in a row counted once, \"one\" only beside another or before \"percent\". Interviewers ask for \
             results that can be counted; not every story has one. Shown, never scored.",
    of_words: true,
    measure,
    ..Metric::SHOWN
};

/// Returns the numbers in words, in order of time.
pub fn numbers(words: &[&Word]) -> Vec<String> {
    let spoken = spoken(words.iter().copied());
    let is_number = |i: usize| -> bool {
        let word = spoken[i].1.as_str();
        let figure = word.chars().next().is_some_and(|c| c.is_ascii_digit());
        // "one-on-one": no number. "twenty-one": one.
        figure || word == "one" || word.split('-').any(|part| part != "one" && NUMBERS.contains(&part))
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < spoken.len() {
        let run = (at..spoken.len()).take_while(|&i| is_number(i)).count();
        if run == 0 {
            at += 1;
            continue;
        }
        let is_percent = spoken.get(at + run).is_some_and(|(_, word)| word == PERCENT);
        // "one of them", "the one": no number.
        if run > 1 || spoken[at].1 != "one" || is_percent {
            let end = at + run + usize::from(is_percent);
            let text: Vec<&str> = spoken[at..end].iter().map(|(_, word)| word.as_str()).collect();
            found.push(text.join(" "));
        }
        at += run;
    }
    found
}

fn measure(scene: &Scene) -> Measure {
    scene.worded(|said| Some(said.count(|words| numbers(words).len()) as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::tests::words;

    #[test]
    fn figures_and_number_words_are_numbers_and_the_one_is_none() {
        let found = |text: &str| {
            let words = words(0, text);
            numbers(&words.iter().collect::<Vec<_>>())
        };
        assert_eq!(found("We cut it by 20 percent in three weeks."), ["20 percent", "three"]);
        assert_eq!(found("About two hundred and one million in 2019"), ["two hundred", "one million", "2019"]);
        assert_eq!(found("One of them was the one I liked, someone told me"), [] as [&str; 0]);
        assert_eq!(found("one percent, twenty-one people"), ["one percent", "twenty-one"]);
        assert_eq!(found("A one-on-one with each, a dozen"), ["dozen"]);
    }
}
