//! Two answers side by side.

use super::session::report::{ready, stored};
use crate::auth::Viewer;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Query;
use crate::http::viewer::{Asks, act};
use crate::{objects, store};
use anyhow::Context as _;
use axum::Json;
use axum::extract::State;
use coach_core::SessionId;
use coach_core::report::Report;
use coach_core::review::Comparison;
use coach_insight::compare;
use futures::TryStreamExt;
use serde::Deserialize;

/// The largest report that is read, bytes.
const REPORT_MAX: u64 = 64 << 20;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// A ready session.
    a: SessionId,
    /// Another one, usually the reference.
    b: SessionId,
    /// Which answer of `a`; without both, answers to the same question are found.
    answer_a: Option<usize>,
    /// Which answer of `b`.
    answer_b: Option<usize>,
}

/// Compares two answers: what differs most, where, and in words.
#[utoipa::path(get, operation_id = "compare_get", path = "/api/compare", tag = "sessions", params(Pair),
    responses((status = 200, body = Comparison), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn get(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Query(pair): Query<Pair>,
) -> Result<Json<Comparison>> {
    let (a, b) = tokio::try_join!(report_of(&app, viewer, pair.a), report_of(&app, viewer, pair.b))?;
    let compared = match (pair.answer_a, pair.answer_b) {
        (None, None) => compare::compare(&a, &b),
        (Some(i), Some(k)) => compare::compare_answers(&a, i, &b, k),
        _ => return Err(Error::BadRequest("answer_a and answer_b come together or not at all".into())),
    };
    compared.map(Json).ok_or_else(|| Error::Unprocessable("there is no such answer in one of the sessions".into()))
}

async fn report_of(app: &App, viewer: Viewer, id: SessionId) -> Result<Report> {
    let session = store::sessions::get(&app.context.db, viewer.user, id).await?.ok_or(Error::NotFound("session"))?;
    ready(&session)?;
    let key = objects::report_key(id);
    let mut reading = stored(app, &key).await?;
    if reading.bytes > REPORT_MAX {
        return Err(Error::Internal(anyhow::anyhow!("{key} has {} bytes, which no report has", reading.bytes)));
    }
    let mut bytes = Vec::with_capacity(reading.bytes as usize);
    while let Some(chunk) = reading.chunks.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(serde_json::from_slice(&bytes).with_context(|| format!("{key} is no report"))?)
}
