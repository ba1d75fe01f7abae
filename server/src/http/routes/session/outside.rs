//! What services of others found in a session: notes of a language model, and estimates of feelings.

use super::report::ready;
use crate::http::app::App;
use crate::http::error::{Problem, Result};
use crate::http::viewer::{Seen, act};
use crate::jobs::providers::affect::Kept;
use crate::objects::{self, blocking};
use crate::providers::imentiv::Affect;
use crate::providers::review::Review;
use anyhow::Context as _;
use axum::Json;
use axum::extract::State;
use coach_core::SessionId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Read as _;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Reviewed {
    /// `null`: no language model has read the session.
    pub review: Option<Review>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Estimated {
    /// The service. `null`: none was asked, or it is still working.
    pub provider: Option<&'static str>,
    pub affect: Option<Affect>,
}

/// What a language model noticed, where the owner has let one read the session.
#[utoipa::path(get, operation_id = "review_get", path = "/api/sessions/{id}/review", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Reviewed), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn review(State(app): State<App>, seen: Seen<act::Report>) -> Result<Json<Reviewed>> {
    ready(&seen.session)?;
    let review = read(&app, &objects::review_key(seen.session.id)).await?;
    seen.note_reading(&app).await?;
    Ok(Json(Reviewed { review }))
}

/// What a service of others estimated of the video, where the owner has let it see the recording. It stands beside what this server
/// estimated, and moves no score.
#[utoipa::path(get, operation_id = "affect_outside", path = "/api/sessions/{id}/affect", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Estimated), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn affect(State(app): State<App>, seen: Seen<act::Report>) -> Result<Json<Estimated>> {
    ready(&seen.session)?;
    let kept: Option<Kept> = read(&app, &objects::affect_key(seen.session.id)).await?;
    let affect = kept.and_then(|kept| kept.affect);
    seen.note_reading(&app).await?;
    Ok(Json(Estimated { provider: affect.as_ref().map(|_| "imentiv"), affect }))
}

/// Reads an object; `None`: there is none.
async fn read<T: DeserializeOwned + Send + 'static>(app: &App, key: &str) -> anyhow::Result<Option<T>> {
    let Some(reading) = app.context.objects.read(key).await? else { return Ok(None) };
    let mut from = blocking(reading);
    let read = tokio::task::spawn_blocking(move || {
        let mut text = Vec::new();
        from.read_to_end(&mut text)?;
        serde_json::from_slice(&text).map_err(std::io::Error::from)
    });
    read.await.context("an object's reader ended early")?.context("a stored object cannot be read")
}
