//! What a limit to the days that sessions are kept would delete.

use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Query;
use crate::http::routes::me::DAYS_MAX;
use crate::http::viewer::{Asks, act};
use crate::store::sessions;
use axum::Json;
use axum::extract::State;
use coach_core::SessionId;
use serde::{Deserialize, Serialize};

/// Sessions that are named.
const NAMED: i64 = 3;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The days that are thought of: 1 to 36500.
    days: u32,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct RetentionPreview {
    /// When the first would go, within the hour: microseconds since 1970 (UTC). A limit that is chosen now counts from then on.
    pub at_us: i64,
    /// How many would go at that time.
    pub sessions: i64,
    /// How many as old stay, because they are references.
    pub references: i64,
    /// The oldest of those that would go, three at most.
    pub oldest: Vec<OldSession>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct OldSession {
    pub id: SessionId,
    /// Microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Its first question; `null`: it has none.
    pub question: Option<String>,
}

/// Returns what a limit would delete first. Nothing changes.
#[utoipa::path(get, operation_id = "retention_preview", path = "/api/me/retention", tag = "person", params(Limit),
    responses((status = 200, body = RetentionPreview), (status = 400, body = Problem), (status = 422, body = Problem)))]
pub async fn preview(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Query(Limit { days }): Query<Limit>,
) -> Result<Json<RetentionPreview>> {
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Error::Unprocessable(format!("days must be 1 to {DAYS_MAX}")));
    }
    let at_us = now_us() + DAY_US;
    let before_us = at_us - i64::from(days) * DAY_US;
    let older = sessions::older(&app.context.db, viewer.user, before_us, NAMED).await?;
    let named = |session: sessions::Session| OldSession {
        id: session.id,
        created_us: session.created_us,
        question: session.questions.into_iter().next().map(|question| question.text),
    };
    Ok(Json(RetentionPreview {
        at_us,
        sessions: older.go,
        references: older.references,
        oldest: older.oldest.into_iter().map(named).collect(),
    }))
}
