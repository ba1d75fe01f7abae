//! What a speech recognizer wrote down: phrases, and their words with times.

use crate::MediaTime;
use serde::{Deserialize, Serialize};

/// What was said between two pauses, as a speech recognizer wrote it down.
///
/// Example: `start` 1200, `words[0].start` 1310: the segment that was recognized begins at 1.2 s, its first word at 1.31 s.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Phrase {
    /// When it counts from: a fixed time after the pause that closed it.
    pub t: MediaTime,
    /// The segment of audio, pauses at its edges included.
    pub start: MediaTime,
    pub end: MediaTime,
    /// The words with their punctuation, as written by the recognizer.
    pub text: String,
    /// Mean natural logarithm of the probabilities of the text's tokens: 0 = certain, below -0.35 = uncertain.
    pub logp: f32,
    /// False: the recognizer did not come to an end by itself, and something may be missing.
    pub complete: bool,
    /// Name and version of the recognizer.
    pub source: String,
    /// In order of time; empty when the recognizer gives no times.
    pub words: Vec<Word>,
    /// In a report: the text as the recognizer wrote it, where the owner has corrected it. A journal never has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<String>,
}

/// One word of a [`Phrase`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Word {
    /// As written, with the punctuation that touches it ("country,").
    #[serde(rename = "w")]
    pub text: String,
    pub start: MediaTime,
    pub end: MediaTime,
    /// True for um, uh, er and the like.
    pub filler: bool,
    /// Mean natural logarithm of the probabilities of its tokens.
    pub logp: f32,
}

/// Returns whether a word is a filler: um, uh, er and their other spellings.
pub fn is_filler(word: &str) -> bool {
    let bare: String = word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    matches!(
        bare.as_str(),
        "um" | "umm" | "uhm" | "uh" | "uhh" | "er" | "err" | "erm" | "hm" | "hmm" | "mm" | "mmm" | "ah"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn um_and_uh_are_fillers_however_written_and_like_is_not() {
        assert!(["um", "Um,", "uh...", "Er,", "hmm"].into_iter().all(is_filler));
        assert!(!["umbrella", "like", "her", "a", ""].into_iter().any(is_filler));
    }
}
