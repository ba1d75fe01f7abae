//! Which question is being answered, and the further question that may follow its answer: as the engine words it, or a service of others.

use super::Question;
use coach_core::MediaTime;
use coach_core::journal::MarkKind;
use coach_core::live::{FollowUp, Missing};
use coach_insight::LastAnswer;
use std::time::{Duration, Instant};

/// What follows an answer is known so long after its end at the latest. The page waits a little longer (`LISTENS_MS` in `use-arena.ts`).
const FOLLOWS_WITHIN: Duration = Duration::from_millis(1_900);
/// In less time nobody answers.
const LEAST_TIME: Duration = Duration::from_millis(100);

/// A further question that is still to be worded.
pub struct Unworded {
    /// When the engine gave it.
    pub t: MediaTime,
    pub missing: Missing,
    pub answer: LastAnswer,
    /// In more time nobody waits for it.
    pub within: Duration,
}

/// Takes the question as it was worded; `None`: it was not.
pub type Worded = Box<dyn FnOnce(Option<String>) + Send>;

/// Words a further question elsewhere. Is called on the session's thread, so it must not block.
pub type Wording = Box<dyn Fn(Unworded, Worded) + Send>;

/// What to do about the end of an answer.
pub(super) enum Next {
    /// The page is told this.
    Tell(FollowUp),
    /// A service is asked to word it.
    Word(Unworded),
}

#[derive(Default)]
pub(super) struct Dialogue {
    /// Id of the question that is being answered; empty after the end of an answer.
    asked: Option<String>,
    /// Id of the question whose answer has ended, and the further question that its answer may go on with.
    answered: Option<String>,
    further: Option<String>,
    /// When a page ended the answer and said that it waits for what follows.
    listening: Option<Instant>,
    /// What is asked if the service does not answer in time; `None` while it is not asked.
    awaited: Option<FollowUp>,
}

impl Dialogue {
    /// Returns whether a question was asked.
    pub fn has_begun(&self) -> bool {
        self.asked.is_some()
    }

    /// Takes a mark of a page. Returns its note, which for a further question is that question; `None`: the mark changes nothing.
    pub fn mark(
        &mut self,
        what: MarkKind,
        question: Option<&Question>,
        note: Option<String>,
        listens: bool,
    ) -> Option<Option<String>> {
        match what {
            // A page that reconnects repeats the mark of the current question.
            MarkKind::Question if question.map(|q| &q.id) == self.asked.as_ref() => return None,
            MarkKind::Question => {
                self.asked = question.map(|q| q.id.clone());
                (self.further, self.listening, self.awaited) = (None, None, None);
            }
            MarkKind::AnswerEnd => {
                let ended = self.asked.replace(String::new()).filter(|id| !id.is_empty());
                self.answered = ended.or(self.answered.take());
                self.listening = listens.then(Instant::now);
            }
            // Its text is the server's and never the page's.
            MarkKind::FollowUp => {
                let further = self.further.take()?;
                self.asked = self.answered.take();
                return Some(Some(further));
            }
            _ => {}
        }
        Some(note)
    }

    /// Takes what the engine lets follow an answer. `answer`: what a service would be told; `None`: nobody else words it.
    pub fn follow(&mut self, follow_up: FollowUp, answer: Option<LastAnswer>) -> Next {
        let left = self.listening.take().map(|since| FOLLOWS_WITHIN.saturating_sub(since.elapsed()));
        match (follow_up.missing, answer, left) {
            (Some(missing), Some(answer), Some(within)) if within >= LEAST_TIME => {
                let t = follow_up.t;
                self.awaited = Some(follow_up);
                Next::Word(Unworded { t, missing, answer, within })
            }
            _ => Next::Tell(self.offer(follow_up)),
        }
    }

    /// Takes the answer of the service about the question that the engine gave at `t`. Returns what the page is told; `None`: the next
    /// question was asked meanwhile.
    pub fn worded(&mut self, t: MediaTime, text: Option<String>) -> Option<FollowUp> {
        let awaited = self.awaited.take_if(|awaited| awaited.t == t)?;
        let text = text.or(awaited.text);
        Some(self.offer(FollowUp { text, ..awaited }))
    }

    fn offer(&mut self, follow_up: FollowUp) -> FollowUp {
        self.further.clone_from(&follow_up.text);
        follow_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(id: &str) -> Question {
        Question { id: id.into(), text: format!("{id}?"), suggested_ms: 0 }
    }

    fn found(t: i64) -> FollowUp {
        FollowUp { t: MediaTime(t), missing: Some(Missing::Result), text: Some("What came of it?".into()) }
    }

    fn answer() -> Option<LastAnswer> {
        Some(LastAnswer { question: None, said: "I moved it".into() })
    }

    fn asked(next: Next) -> Option<String> {
        match next {
            Next::Tell(follow_up) => follow_up.text,
            Next::Word(_) => None,
        }
    }

    /// A dialogue in which an answer to "a" has ended.
    fn ended(listens: bool) -> Dialogue {
        let mut dialogue = Dialogue::default();
        assert!(!dialogue.has_begun());
        assert_eq!(dialogue.mark(MarkKind::Question, Some(&question("a")), None, false), Some(None));
        assert_eq!(dialogue.mark(MarkKind::AnswerEnd, None, None, listens), Some(None));
        dialogue
    }

    #[test]
    fn a_service_is_asked_where_there_is_one_and_the_page_waits_and_something_is_missing() {
        for (listens, there, follow_up) in [
            (false, true, found(9)),
            (true, false, found(9)),
            (true, true, FollowUp { missing: None, text: None, ..found(9) }),
        ] {
            let expected = follow_up.text.clone();
            assert_eq!(asked(ended(listens).follow(follow_up, answer().filter(|_| there))), expected);
        }
        let Next::Word(unworded) = ended(true).follow(found(9), answer()) else { panic!("nobody is asked") };
        assert!(unworded.within <= FOLLOWS_WITHIN && unworded.answer.said == "I moved it");
        let mut late = ended(true);
        late.listening = Instant::now().checked_sub(FOLLOWS_WITHIN);
        assert!(asked(late.follow(found(9), answer())).is_some(), "no time is left");
    }

    #[test]
    fn the_answer_goes_on_with_the_question_that_was_shown() {
        for (worded, shown) in
            [(None, "What came of it?"), (Some("What came of moving it?".to_owned()), "What came of moving it?")]
        {
            let mut dialogue = ended(true);
            assert!(asked(dialogue.follow(found(9), answer())).is_none());
            assert_eq!(dialogue.mark(MarkKind::FollowUp, None, None, false), None, "none was shown yet");
            assert_eq!(dialogue.worded(MediaTime(8), Some("Of which answer?".into())), None);
            assert_eq!(dialogue.worded(MediaTime(9), worded).unwrap().text.as_deref(), Some(shown));
            assert_eq!(dialogue.worded(MediaTime(9), Some("Twice?".into())), None);
            let mine = Some("The page's own".to_owned());
            assert_eq!(dialogue.mark(MarkKind::FollowUp, None, mine, false), Some(Some(shown.to_owned())));
            assert_eq!(dialogue.mark(MarkKind::Question, Some(&question("a")), None, false), None, "it goes on");
        }
    }

    #[test]
    fn what_comes_after_the_next_question_is_not_asked() {
        let mut dialogue = ended(true);
        assert!(asked(dialogue.follow(found(9), answer())).is_none());
        assert!(dialogue.mark(MarkKind::Question, Some(&question("b")), None, false).is_some());
        assert_eq!(dialogue.worded(MediaTime(9), Some("What came of moving it?".into())), None);
        assert_eq!(dialogue.mark(MarkKind::FollowUp, None, None, false), None);
    }
}
