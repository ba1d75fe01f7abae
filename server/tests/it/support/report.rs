//! Sessions and reports for databases.

use coach_core::journal::{Capture, HintSettings};
use coach_core::report::{Answer, Coverage, Hint, MetricValue, Report, Score, Scores, Series};
use coach_core::{MediaTime, SessionId, UserId};
use coach_server::session::questions::Family;
use coach_server::session::{Event, Machine};
use coach_server::store::sessions::{self, AskedQuestion, NewSession, Quota, Session, Source};
use coach_server::store::{Db, reports};
use std::sync::Arc;

/// As many sessions as a test wants.
pub const UNLIMITED: Quota = Quota { since_us: i64::MAX, most: i64::MAX };

/// Returns a new session of this owner.
pub async fn session(db: &Db, owner: UserId) -> Session {
    let questions = ["failure-own-mistake", "pressure-deadline"].map(|id| AskedQuestion {
        id: id.into(),
        text: "Tell me about it, as it was: \"quoted\", ümlauts, 'apostrophes'; and semicolons.".into(),
        family: Family::Failure,
        suggested_ms: 120_000,
    });
    let new = NewSession {
        source: Source::Live,
        questions: questions.into(),
        hints: HintSettings { enabled: vec!["slow_down".into()], budget_ms: 20_000 },
        capture: Capture { width: 640, height: 480, ..Capture::default() },
        affect: true,
    };
    sessions::create(db, owner, new, UNLIMITED).await.unwrap().unwrap()
}

/// Moves a session to `ready` through the usual states, with this report's rows.
pub async fn make_ready(db: &Db, owner: UserId, id: SessionId, report: &Report) {
    let machine = Machine::new(db.clone(), Arc::new(coach_server::channel::Hub::new(4)));
    for event in [Event::Published, Event::Stopped, Event::Recorded] {
        machine.apply(owner, id, event).await.unwrap();
    }
    assert!(reports::save_report(db, owner, id, report).await.unwrap());
    machine.apply(owner, id, Event::Scored).await.unwrap();
}

fn score(value: Option<f32>) -> Score {
    let reason = value.is_none().then(|| "not enough speech".to_owned());
    Score { value, coverage: 0.75, reason, ..Score::default() }
}

fn answer(question_id: Option<&str>, start: i64, end: i64, confidence: Option<f32>) -> Answer {
    let scores = Scores {
        confidence: score(confidence),
        clarity: score(Some(60.5)),
        resilience: score(None),
        engagement: score(Some(0.0)),
    };
    Answer {
        question: question_id.map(|_| "Tell me about it.".into()),
        question_id: question_id.map(str::to_owned),
        suggested_ms: Some(120_000),
        start: MediaTime(start),
        end: MediaTime(end),
        scores,
        metrics: Default::default(),
        words: Vec::new(),
        praise: Vec::new(),
        advice: Vec::new(),
        outline: None,
        follow_up: None,
    }
}

/// Returns a report of two answers and one hint; `confidence` is that of the whole session.
pub fn report(confidence: Option<f32>) -> Report {
    let pace = MetricValue { value: Some(141.0), unit: "wpm".into(), coverage: 0.9, ..MetricValue::default() };
    Report {
        version: 1,
        formulas: [("confidence".to_owned(), 1), ("clarity".to_owned(), 2)].into(),
        duration_ms: 90_000,
        coverage: Coverage::default(),
        answers: vec![
            answer(Some("failure-own-mistake"), 0, 40_000, Some(71.25)),
            answer(Some("pressure-deadline"), 41_000, 90_000, None),
        ],
        overall: answer(None, 0, 90_000, confidence),
        metrics: [("pace".to_owned(), pace)].into(),
        series: Series::default(),
        pauses: Vec::new(),
        stress: Vec::new(),
        hints: vec![Hint {
            t: MediaTime(30_000),
            id: "slow_down".into(),
            text: "Slow down a little".into(),
            evidence: "about 190 words a minute".into(),
            positive: false,
        }],
        voice: Default::default(),
        transcript: Vec::new(),
        recognizer: None,
        unwritten: Vec::new(),
        without_check: None,
        notices: Vec::new(),
        turns: None,
    }
}
