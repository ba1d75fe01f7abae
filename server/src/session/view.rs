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
    pub id: SessionId,
    pub state: State,
    pub source: Source,
    pub created_us: i64,
    /// Wall time of t = 0.
    pub started_us: Option<i64>,
    pub duration_ms: Option<i64>,
    pub questions: Vec<AskedQuestion>,
    /// Of the whole session; `null` until it is scored.
    pub scores: Option<ScoreValues>,
    pub answers: Vec<AnswerRow>,
    /// The reference answer of its questions.
    pub gold: bool,
    /// Why it failed.
    pub failure: Option<String>,
    /// The device check was measured.
    pub calibrated: bool,
}

impl SessionView {
    /// Returns the view of a session whose scores are known.
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
        }
    }

    /// Returns the session with its scores.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn load(db: &Db, session: Session) -> sqlx::Result<SessionView> {
        let mut summaries = reports::summaries(db, session.owner, session.id, session.id).await?;
        let summary = summaries.remove(&session.id).unwrap_or_default();
        Ok(SessionView::new(session, summary))
    }
}
