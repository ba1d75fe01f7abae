//! Which stretches count: the answers between the marks, less the pauses that the candidate took.

use coach_core::journal::{Mark, MarkKind};
use coach_core::{MediaTime, Span};

/// More questions than a session can have; further ones are ignored.
const MOST: usize = 256;

/// One answer as marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    pub question: Option<String>,
    pub question_id: Option<String>,
    pub suggested_ms: Option<i64>,
    pub start: MediaTime,
    /// `None`: still running.
    pub end: Option<MediaTime>,
    /// The further question with which it went on after its first end.
    pub follow_up: Option<String>,
}

#[derive(Debug, Default)]
pub struct Answers {
    pub marked: Vec<Marked>,
    paused: Vec<Span>,
    paused_since: Option<MediaTime>,
}

impl Answers {
    pub fn mark(&mut self, mark: &Mark) {
        match mark.what {
            MarkKind::Question => {
                self.end(mark.t);
                if self.marked.len() < MOST {
                    self.marked.push(Marked {
                        question: mark.question.clone(),
                        question_id: mark.question_id.clone(),
                        suggested_ms: mark.suggested_ms.filter(|ms| *ms > 0),
                        start: mark.t,
                        end: None,
                        follow_up: None,
                    });
                }
            }
            MarkKind::AnswerEnd => self.end(mark.t),
            MarkKind::Pause => {
                self.paused_since.get_or_insert(mark.t);
            }
            MarkKind::Resume => {
                if let Some(since) = self.paused_since.take()
                    && self.paused.len() < 4 * MOST
                {
                    self.paused.push(Span::new(since, mark.t));
                }
            }
            MarkKind::FollowUp => self.go_on(mark),
            MarkKind::Note | MarkKind::HintOff | MarkKind::HintOn => {}
        }
    }

    /// Opens the last answer again, if it has ended; what lies between is not part of it.
    fn go_on(&mut self, mark: &Mark) {
        if let Some(last) = self.marked.last_mut()
            && let Some(end) = last.end.take()
        {
            last.follow_up = mark.question.clone().or(last.follow_up.take());
            if self.paused.len() < 4 * MOST {
                self.paused.push(Span::new(end, mark.t.max(end)));
            }
        }
    }

    fn end(&mut self, t: MediaTime) {
        if let Some(open) = self.marked.last_mut() {
            open.end.get_or_insert(t);
        }
    }

    /// The answer that runs now. Without any question the whole session is one.
    pub fn current(&self) -> Option<Marked> {
        match self.marked.last() {
            None => Some(Marked {
                question: None,
                question_id: None,
                suggested_ms: None,
                start: MediaTime::ZERO,
                end: None,
                follow_up: None,
            }),
            Some(last) => last.end.is_none().then(|| last.clone()),
        }
    }

    /// Whether the candidate is answering: within an answer and not paused.
    pub fn running(&self) -> bool {
        self.paused_since.is_none() && self.marked.last().is_none_or(|last| last.end.is_none())
    }

    /// All answers, the open one ending at `end`. At least one.
    pub fn all(&self, end: MediaTime) -> Vec<Marked> {
        let mut all = self.marked.clone();
        if all.is_empty() {
            all.extend(self.current());
        }
        for answer in &mut all {
            answer.end.get_or_insert(end.max(answer.start));
        }
        all
    }

    /// The stretches of `span` that count: within an answer, not paused.
    pub fn active(&self, span: Span) -> Vec<Span> {
        let mut parts = Vec::new();
        if self.marked.is_empty() {
            parts.push(span);
        } else {
            // Windows look at the end of a session, so the last answers come first in the search.
            let first = self.marked.iter().rposition(|a| a.start <= span.start).unwrap_or(0);
            for answer in &self.marked[first..] {
                let end = answer.end.unwrap_or(span.end);
                parts.push(Span::new(answer.start.max(span.start), end.min(span.end)));
            }
        }
        let open = self.paused_since.map(|since| Span::new(since, span.end.max(since)));
        for pause in self.paused.iter().copied().chain(open) {
            if pause.overlap_ms(span) > 0 {
                parts = parts
                    .into_iter()
                    .flat_map(|p| {
                        [Span::new(p.start, p.end.min(pause.start)), Span::new(p.start.max(pause.end), p.end)]
                    })
                    .collect();
            }
        }
        parts.retain(|p| p.len_ms() > 0);
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(marks: &[(i64, MarkKind)]) -> Answers {
        let mut answers = Answers::default();
        for &(t, what) in marks {
            answers.mark(&Mark { t: MediaTime(t), what, question: None, question_id: None, suggested_ms: None });
        }
        answers
    }

    fn span(a: i64, b: i64) -> Span {
        Span::new(MediaTime(a), MediaTime(b))
    }

    #[test]
    fn without_questions_the_whole_session_is_one_answer() {
        let answers = marks(&[(5, MarkKind::Note)]);
        assert_eq!(answers.all(MediaTime(900)).len(), 1);
        assert_eq!(answers.active(span(0, 900)), [span(0, 900)]);
    }

    #[test]
    fn what_lies_between_answers_or_is_paused_does_not_count() {
        use MarkKind::*;
        let answers = marks(&[(100, Question), (300, Pause), (400, Resume), (500, AnswerEnd), (700, Question)]);
        assert_eq!(answers.active(span(0, 900)), [span(100, 300), span(400, 500), span(700, 900)]);
        assert_eq!(answers.active(span(450, 650)), [span(450, 500)]);
        assert!(answers.running());
    }

    #[test]
    fn an_answer_goes_on_with_a_further_question_and_what_lies_between_does_not_count() {
        use MarkKind::*;
        let answers = marks(&[(10, FollowUp), (100, Question), (300, AnswerEnd), (450, FollowUp), (600, AnswerEnd)]);
        assert_eq!(answers.all(MediaTime(900)).len(), 1, "without an answer there is nothing to go on with");
        assert_eq!(answers.active(span(0, 900)), [span(100, 300), span(450, 600)]);
        assert!(!answers.running());
    }

    #[test]
    fn a_question_ends_the_answer_before_it_and_ends_without_a_question_are_harmless() {
        use MarkKind::*;
        let answers =
            marks(&[(0, AnswerEnd), (5, Resume), (10, Question), (20, Question), (30, AnswerEnd), (40, AnswerEnd)]);
        let all = answers.all(MediaTime(100));
        assert_eq!(
            all.iter().map(|a| (a.start.ms(), a.end.map(MediaTime::ms))).collect::<Vec<_>>(),
            [(10, Some(20)), (20, Some(30))]
        );
        assert!(!answers.running());
    }
}
