//! Deleting everything: asked for now, done a day later, taken back until then.

use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Asks, act};
use crate::store::people::{audit, erasure};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Erasure {
    /// When everything is deleted, within the hour: microseconds since 1970 (UTC).
    pub at_us: i64,
}

/// Asks that everything that is there now be deleted in a day: sessions with all that belongs to them, references too, own questions
/// and sets. Account, agreement and settings stay.
#[utoipa::path(post, operation_id = "erasure_ask", path = "/api/me/erasure", tag = "person",
    responses((status = 200, body = Erasure), (status = 403, body = Problem)))]
pub async fn ask(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Json<Erasure>> {
    let db = &app.context.db;
    erasure::ask(db, viewer.user, now_us()).await?;
    audit::add(db, viewer.user, audit::What::ErasureAsked, None, None).await?;
    tracing::info!(user = %viewer.user, "a person asked that everything be deleted");
    let asked_us = erasure::asked(db, viewer.user).await?.ok_or(Error::NotFound("person"))?;
    Ok(Json(Erasure { at_us: asked_us + DAY_US }))
}

/// Takes it back: nothing is deleted.
#[utoipa::path(delete, operation_id = "erasure_take_back", path = "/api/me/erasure", tag = "person",
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn take_back(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<StatusCode> {
    if !erasure::take_back(&app.context.db, viewer.user).await? {
        return Err(Error::NotFound("request to delete everything; it was not made, or is done"));
    }
    audit::add(&app.context.db, viewer.user, audit::What::ErasureTakenBack, None, None).await?;
    tracing::info!(user = %viewer.user, "a person keeps everything after all");
    Ok(StatusCode::NO_CONTENT)
}
