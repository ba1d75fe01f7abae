//! When the question that an answer leaves open is asked: at most once, soon after the answer's end.

use super::follow_up::{asks_for_a_story, missing, question};
use crate::output::LastAnswer;
use crate::state::State;
use coach_core::journal::{Mark, MarkKind};
use coach_core::live::FollowUp;
use coach_core::{MediaTime, Span};

/// The words of the last phrase are known some time after it ended. No longer is waited for them, so that the question comes within 2 s.
const WAIT_MS: i64 = 1_600;
/// From this share of the speech on nothing more is waited for.
const WRITTEN: f64 = 0.98;

/// The end of an answer that was not looked at yet.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    ended: Option<MediaTime>,
    /// Place of the answer that was asked about last.
    asked: Option<usize>,
}

impl Asking {
    /// Takes a mark. `open`: an answer was running before it.
    pub fn mark(&mut self, mark: &Mark, open: bool) {
        match mark.what {
            MarkKind::AnswerEnd if open => self.ended = Some(mark.t),
            MarkKind::Question | MarkKind::FollowUp => self.ended = None,
            _ => {}
        }
    }
}

impl State {
    /// Returns what follows the end of an answer, once: a question or nothing. `None` while no answer has ended or its words are awaited.
    pub(crate) fn follow_up(&mut self, t: MediaTime) -> Option<FollowUp> {
        let ended = self.asking.ended?;
        let place = self.answers.marked.len().checked_sub(1)?;
        let answer = &self.answers.marked[place];
        let may = self.header.models.words.is_some()
            && answer.follow_up.is_none()
            && self.asking.asked != Some(place)
            && asks_for_a_story(answer.question.as_deref());
        let scene = self.scene(self.active(Span::new(answer.start, ended)), None);
        let is_written = scene.totals.written_share().is_some_and(|share| share >= WRITTEN);
        if may && !is_written && t - ended < WAIT_MS {
            return None;
        }
        let missing = scene.said().filter(|_| may).and_then(|said| missing(&said));
        self.asking.ended = None;
        if missing.is_some() {
            self.asking.asked = Some(place);
        }
        Some(FollowUp { t, missing, text: missing.map(|missing| question(missing, place).to_owned()) })
    }

    /// Returns the answer that ended last; `None`: none has ended, or its words are uncertain.
    pub(crate) fn last_answer(&self) -> Option<LastAnswer> {
        let answer = self.answers.marked.last()?;
        let scene = self.scene(self.active(Span::new(answer.start, answer.end?)), None);
        let said = scene.said()?.words().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let question = answer.question.clone().filter(|_| answer.question_id.is_some());
        Some(LastAnswer { question, said })
    }
}
