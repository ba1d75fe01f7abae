//! The sessions that others share with the person.

use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Problem, Result};
use crate::http::viewer::{Asks, act};
use crate::store::people::grants::{self, Shared};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

/// Sessions that are shown.
const SHOWN: i64 = 200;

#[derive(Serialize, utoipa::ToSchema)]
pub struct SharedSessions {
    /// The newest 200, newest first.
    pub sessions: Vec<Shared>,
}

/// The sessions that others share with the person.
#[utoipa::path(get, operation_id = "shared_list", path = "/api/shared", tag = "person",
    responses((status = 200, body = SharedSessions), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Use>) -> Result<Json<SharedSessions>> {
    let sessions = grants::shared_with(&app.context.db, viewer.user, now_us(), SHOWN).await?;
    Ok(Json(SharedSessions { sessions }))
}
