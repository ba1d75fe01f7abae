//! The link that the replay is played from.

use crate::auth::rights::Party;
use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Seen, act};
use crate::objects;
use crate::recording::results;
use crate::store::sessions::Session;
use axum::Json;
use axum::extract::State;
use coach_core::SessionId;
use serde::Serialize;
use std::time::Duration;

/// How long a link to somebody else's recording is good, seconds: a share that was revoked ends with it.
pub const SHARED_S: u32 = 30;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Recording {
    /// Valid until `expires_us`; it answers range requests, so that a player can seek.
    pub url: String,
    /// A still image of it, valid as long; `null` where there is no video.
    pub poster_url: Option<String>,
    /// The interviewer's recording on the same timeline, valid as long; `null` where there was no interviewer.
    pub interviewer_url: Option<String>,
    pub bytes: u64,
    pub duration_ms: Option<i64>,
    pub content_type: String,
    pub expires_us: i64,
}

/// A link to the recording, good for a few minutes, and for 30 s where somebody else shares it.
#[utoipa::path(get, operation_id = "recording_link", path = "/api/sessions/{id}/recording", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Recording), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn link(State(app): State<App>, seen: Seen<act::Review>) -> Result<Json<Recording>> {
    let own = app.context.config.storage.presign_s;
    let seconds = if seen.party == Party::Owner { own } else { own.min(SHARED_S) };
    let link = signed(&app, &seen.session, seconds).await?;
    seen.note_reading(&app).await?;
    Ok(Json(link))
}

/// Returns a link to the recording of a session, good for this many seconds.
///
/// # Errors
/// There is no recording yet, or the object store does not answer.
pub async fn signed(app: &App, session: &Session, seconds: u32) -> Result<Recording> {
    let (key, content_type) = results::recording(&app.context, session).await?;
    let Some(bytes) = app.context.objects.size(&key).await? else {
        let detail = format!("there is no recording yet: the session is {}", session.state.as_str());
        return Err(Error::State { state: session.state, detail });
    };
    let good_for = Duration::from_secs(seconds.into());
    // Taken before signing, so that it is never later than the expiry in the URL.
    let expires_us = now_us() + i64::from(seconds) * 1_000_000;
    let url = app.context.objects.presign(&key, good_for).await?;
    let beside = async |key: String| -> Result<Option<String>> {
        match app.context.objects.size(&key).await? {
            Some(_) => Ok(Some(app.context.objects.presign(&key, good_for).await?)),
            None => Ok(None),
        }
    };
    let poster_url = beside(objects::poster_key(session.id)).await?;
    let interviewer_url = if session.room { beside(objects::interviewer_key(session.id)).await? } else { None };
    Ok(Recording {
        url,
        poster_url,
        interviewer_url,
        bytes,
        duration_ms: session.duration_ms,
        content_type,
        expires_us,
    })
}
