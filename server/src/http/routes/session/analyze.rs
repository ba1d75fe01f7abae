//! The analysis of a session: the progress of an upload's, and another attempt after a failure.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Seen, act};
use crate::jobs::analyze;
use crate::recording::recover::ResumeError;
use crate::session::State as SessionState;
use crate::store::jobs;
use crate::store::sessions::Source;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use coach_core::SessionId;
use serde::Serialize;

/// The progress of an analysis.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Analysis {
    /// `queued`, `running`, `done`, or `dead`: given up.
    pub state: String,
    /// `fetching`, `analyzing` or `storing`; `null`: not started.
    pub stage: Option<String>,
    /// Of the stage, 0 to 100.
    pub percent: Option<i32>,
    /// The number of attempts so far, at most five.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// Returns the progress of the analysis of an upload.
#[utoipa::path(get, operation_id = "analysis_get", path = "/api/sessions/{id}/analyze", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Analysis), (status = 404, body = Problem)))]
pub async fn get(State(app): State<App>, Seen { session, .. }: Seen<act::See>) -> Result<Json<Analysis>> {
    let found = jobs::latest(&app.context.db, session.owner, session.id, analyze::KIND).await?;
    let jobs::Progress { state, stage, percent, attempts, last_error } = found.ok_or(Error::NotFound("analysis"))?;
    Ok(Json(Analysis { state, stage, percent, attempts, error: last_error }))
}

/// Analyzes a failed session again.
#[utoipa::path(post, operation_id = "analysis_again", path = "/api/sessions/{id}/analyze", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 202), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn again(State(app): State<App>, Seen { session, .. }: Seen<act::Change>) -> Result<StatusCode> {
    let state = session.state;
    if state != SessionState::Failed {
        let detail = format!("only a failed session is tried again, this one is {}", state.as_str());
        return Err(Error::State { state, detail });
    }
    match session.source {
        Source::Upload => analyze::enqueue(&app.context, session.owner, session.id).await.map(drop)?,
        Source::Live => app.live.resume(&session).await.map_err(|error| match error {
            ResumeError::NothingLeft => Error::Conflict(error.to_string()),
            ResumeError::NotNow(error) => error.into(),
        })?,
    }
    Ok(StatusCode::ACCEPTED)
}
