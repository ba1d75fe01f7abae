//! What the engine gives out.

use coach_core::journal::Line;
use coach_core::live::{FollowUp, RunningScores, TalkTime, Vitals};
use coach_core::report::Hint;

/// What the engine gives out, in order of media time.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Passed the watermark, in journal order, the header first: the driver writes exactly these.
    Accepted(Line),
    /// Five times a second of media time.
    Vitals(Vitals),
    /// A hint to show now.
    Hint(Hint),
    /// Every five seconds, while an answer runs.
    Scores(RunningScores),
    /// Once after the end of an answer: a further question, or nothing.
    FollowUp(FollowUp),
    /// Every five seconds, once an interviewer has spoken.
    TalkTime(TalkTime),
}

/// An answer that has ended, for whoever words a further question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAnswer {
    /// As it was asked, where it is one of the bank's; an interviewer's own is theirs.
    pub question: Option<String>,
    /// What was said with certainty.
    pub said: String,
}
