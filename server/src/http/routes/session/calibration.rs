//! The device check: measures a clip of a few seconds, keeps the numbers, and deletes the clip.

use crate::analysis::calibrate::{CalibrateError, CalibrationOutcome};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::{media_type, read};
use crate::http::routes::consents;
use crate::http::viewer::{Seen, act};
use crate::session::State as SessionState;
use crate::store::sessions;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use coach_core::SessionId;

/// Measures the clip and stores the result with the session, which must not be live yet.
#[utoipa::path(post, operation_id = "calibration_measure", path = "/api/sessions/{id}/calibration", tag = "sessions", params(("id" = SessionId, Path)),
    request_body(content = Vec<u8>, content_type = "video/webm", description = "3 to 8 seconds of camera and microphone"),
    responses((status = 200, body = CalibrationOutcome), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn measure(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Change>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<CalibrationOutcome>> {
    if session.state != SessionState::Created {
        return Err(too_late(session.state));
    }
    match media_type(&headers).as_deref() {
        Some("video/webm" | "audio/webm" | "video/mp4") => {}
        _ => return Err(Error::UnsupportedMedia { expected: "video/webm" }),
    }
    consents::require(&app, session.owner).await?;
    // The place is taken before the body is read, so that the clips in memory are bounded.
    let turn = app.clips.take(session.owner).map_err(|full| Error::TooMany {
        detail: format!("too many device checks at once: {full}; try again in a moment"),
        retry_after_s: 5,
    })?;
    let clip = read(body, app.context.config.limits.clip_bytes).await?;
    if clip.is_empty() {
        return Err(Error::Unprocessable("the clip is empty".into()));
    }
    let outcome = app.live.calibrate(clip).await.map_err(|error| match error {
        CalibrateError::NotMedia(_) | CalibrateError::Unusable(_) => Error::Unprocessable(error.to_string()),
        CalibrateError::Unavailable(_) => Error::Unavailable { detail: error.to_string(), retry_after_s: 5 },
        CalibrateError::Failed(cause) => Error::Internal(cause.context("the device check could not be measured")),
    })?;
    drop(turn);
    // The consent may have been withdrawn while the clip was measured.
    consents::require(&app, session.owner).await?;
    if !sessions::set_calibration(&app.context.db, session.owner, session.id, &outcome.calibration).await? {
        let now = sessions::get(&app.context.db, session.owner, session.id).await?;
        return Err(now.map_or(Error::NotFound("session"), |session| too_late(session.state)));
    }
    Ok(Json(outcome))
}

fn too_late(state: SessionState) -> Error {
    Error::State { state, detail: "the device check belongs before the session is live".into() }
}
