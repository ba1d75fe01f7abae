//! The bank of questions.

use crate::http::app::App;
use crate::http::error::Result;
use crate::http::viewer::{Asks, act};
use crate::store::questions::{self, Question};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Questions {
    pub questions: Vec<Question>,
}

/// Returns every question that can be chosen.
#[utoipa::path(get, operation_id = "questions_list", path = "/api/questions", tag = "sessions", responses((status = 200, body = Questions)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Use>) -> Result<Json<Questions>> {
    Ok(Json(Questions { questions: questions::list(&app.context.db, viewer.user).await? }))
}
