//! A session as pages see it.

use super::state::State;
use crate::store::Db;
use crate::store::reports::{self, AnswerRow, ScoreValues, Summary};
use crate::store::sessions::{AskedQuestion, Session, Source};
use coach_core::SessionId;
use serde::Serialize;

/// A session as pages see it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Id of the session.
    pub id: SessionId,
    /// Its state now.
    pub state: State,
    /// Where its media comes from.
    pub source: Source,
    /// When it was created: microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Wall time of t = 0: microseconds since 1970 (UTC); `null` before the first media.
    pub started_us: Option<i64>,
    /// Length of the recording; `null` until it is whole.
    pub duration_ms: Option<i64>,
    /// Its questions, in the order they are asked.
    pub questions: Vec<AskedQuestion>,
    /// Scores of the whole session; `null` until it is scored.
    pub scores: Option<ScoreValues>,
    /// Its answers with their scores.
    pub answers: Vec<AnswerRow>,
    /// Whether it is the reference answer to its questions.
    pub gold: bool,
    /// Why it failed; `null` when it has not.
    pub failure: Option<String>,
    /// Whether its device check was measured.
    pub calibrated: bool,
    /// Whether whoever asks made it.
    pub own: bool,
    /// Whether somebody was invited to take part while it is live.
    pub room: bool,
}

impl SessionView {
    /// Returns the owner's view of a session whose scores are known.
    pub fn new(session: Session, summary: Summary) -> SessionView {
        SessionView {
            id: session.id,
            state: session.state,
            source: session.source,
            created_us: session.created_us,
            started_us: session.started_us,
            duration_ms: session.duration_ms,
            questions: session.questions,
            scores: summary.scores,
            answers: summary.answers,
            gold: session.gold,
            failure: session.failure,
            calibrated: session.calibration.is_some(),
            own: true,
            room: session.room,
        }
    }

    /// Returns the view for somebody to whom the owner shows the session.
    pub fn of_another(self) -> SessionView {
        SessionView { own: false, ..self }
    }

    /// Returns the view for somebody to whom the owner shows no scores.
    pub fn without_scores(mut self) -> SessionView {
        self.own = false;
        self.scores = None;
        for answer in &mut self.answers {
            answer.scores = ScoreValues::default();
        }
        self
    }

    /// Returns the owner's view of a session with its scores.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn load(db: &Db, session: Session) -> sqlx::Result<SessionView> {
        let mut summaries = reports::summaries(db, session.owner, session.id, session.id).await?;
        let summary = summaries.remove(&session.id).unwrap_or_default();
        Ok(SessionView::new(session, summary))
    }
}
