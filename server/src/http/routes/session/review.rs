//! What a language model of others noticed in what was said.

use super::report::ready;
use crate::http::app::App;
use crate::http::error::{Problem, Result};
use crate::http::viewer::{Seen, act};
use crate::objects::{self, blocking};
use crate::providers::review::Review;
use anyhow::Context as _;
use axum::Json;
use axum::extract::State;
use coach_core::SessionId;
use serde::Serialize;
use std::io::Read as _;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Reviewed {
    /// `null`: no language model has read the session.
    pub review: Option<Review>,
}

/// What a language model noticed, where the owner has let one read the session.
#[utoipa::path(get, operation_id = "review_get", path = "/api/sessions/{id}/review", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Reviewed), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn get(State(app): State<App>, seen: Seen<act::Report>) -> Result<Json<Reviewed>> {
    ready(&seen.session)?;
    let Some(reading) = app.context.objects.read(&objects::review_key(seen.session.id)).await? else {
        return Ok(Json(Reviewed { review: None }));
    };
    let mut from = blocking(reading);
    let review = tokio::task::spawn_blocking(move || {
        let mut text = Vec::new();
        from.read_to_end(&mut text)?;
        serde_json::from_slice(&text).map_err(std::io::Error::from)
    });
    let review = review.await.context("the review's reader ended early")?.context("the stored review cannot be read")?;
    seen.note_reading(&app).await?;
    Ok(Json(Reviewed { review: Some(review) }))
}
