//! The person's audit log.

use crate::http::app::App;
use crate::http::error::{Problem, Result};
use crate::http::viewer::{Asks, act};
use crate::store::people::audit::{self, Entry};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

/// Lines that are shown.
const SHOWN: i64 = 200;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Audit {
    /// The newest 200, newest first.
    pub entries: Vec<Entry>,
}

/// What happened to the account and its sessions: sign-ins, tokens, shares, who read, exports, deletions.
#[utoipa::path(get, operation_id = "audit_list", path = "/api/audit", tag = "person",
    responses((status = 200, body = Audit), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Json<Audit>> {
    Ok(Json(Audit { entries: audit::list(&app.context.db, viewer.user, SHOWN).await? }))
}
