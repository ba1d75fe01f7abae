//! What an answer contains, as far as set phrases tell: an outline of it, and the question that it leaves open. Never a grade.

pub(crate) mod asking;
pub mod follow_up;
pub mod outline;

use crate::said::bare;
use coach_core::journal::Word;

/// Words without fillers, each with its bare form.
pub(crate) type Spoken<'a> = Vec<(&'a Word, String)>;

/// Returns the words that are not fillers, in order of time.
pub(crate) fn spoken<'a>(words: impl Iterator<Item = &'a Word>) -> Spoken<'a> {
    words.filter(|w| !w.filler).map(|w| (w, bare(&w.text))).filter(|(_, text)| !text.is_empty()).collect()
}

/// Returns whether these words begin at the place.
pub(crate) fn is_at(spoken: &Spoken, at: usize, phrase: &str) -> bool {
    let mut here = spoken[at..].iter().map(|(_, word)| word.as_str());
    phrase.split(' ').all(|word| here.next() == Some(word))
}
