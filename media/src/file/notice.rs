//! What a person has to know about a file of which not everything could be read, as a sentence.

use coach_core::MediaTime;
use std::fmt;

/// The longest word about a fault that is quoted, in characters.
const MOST_WORD: usize = 120;

/// Something that a report of a file has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Reading stopped at a fault.
    Damaged { read: MediaTime, why: String },
    /// The file holds less than it states.
    Short { read: MediaTime, said: MediaTime },
    /// The file ends in the middle of something; what it should hold is not known.
    Cut { read: MediaTime },
    /// Its video has a coding that is not decoded here.
    Unsupported { coding: String },
    /// It has several audio tracks. `chosen` counts from 1.
    AudioTrack { chosen: usize, of: usize, silent: bool },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |t: &MediaTime| format!("{:.1} s", t.ms() as f64 / 1000.0);
        match self {
            Notice::Damaged { read, why } => {
                let why: String = why.chars().filter(|c| !c.is_control()).take(MOST_WORD).collect();
                write!(f, "The file is damaged: only the first {} could be read ({why}).", seconds(read))
            }
            Notice::Short { read, said } => {
                write!(f, "The file ends early: {} of {} could be read.", seconds(read), seconds(said))
            }
            Notice::Cut { read } => {
                write!(
                    f,
                    "The file is cut off at its end: {} could be read, and what came after is missing.",
                    seconds(read)
                )
            }
            Notice::Unsupported { coding } => {
                let coding: String = coding.chars().filter(|c| !c.is_control()).take(MOST_WORD).collect();
                write!(f, "The video was not analyzed: its coding ({coding}) is not supported.")
            }
            Notice::AudioTrack { chosen, of, silent: true } => {
                write!(
                    f,
                    "The file has {of} audio tracks. Track {chosen} was analyzed, because little or no speech is in the others."
                )
            }
            Notice::AudioTrack { chosen, of, silent: false } => {
                write!(f, "The file has {of} audio tracks. Track {chosen} was analyzed.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_a_sentence_with_its_numbers() {
        let short = Notice::Short { read: MediaTime(8500), said: MediaTime(15_000) };
        assert_eq!(short.to_string(), "The file ends early: 8.5 s of 15.0 s could be read.");
        let damaged = Notice::Damaged { read: MediaTime(1000), why: format!("a\nb{}", "x".repeat(1000)) }.to_string();
        assert!(damaged.len() < 200 && !damaged.contains('\n'), "{damaged}");
    }
}
