//! The questions that a person writes.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Asks, act};
use crate::session::questions::Family;
use crate::store::questions::own::{self, QUESTIONS_MAX, Written};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Characters of a question.
const TEXT: RangeInclusive<usize> = 1..=500;
/// Most characters of the advice.
const TIP_MAX: usize = 500;
/// Most characters of a label.
const LABEL_MAX: usize = 80;
/// Suggested length of an answer, milliseconds.
const SUGGESTED_MS: RangeInclusive<i64> = 15_000..=600_000;
/// The length that is suggested when nothing is said, milliseconds.
const USUAL_MS: i64 = 120_000;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuestionRequest)]
pub struct Wish {
    /// The question as it is asked: 1 to 500 characters.
    pub text: String,
    /// What it asks for.
    pub family: Family,
    /// Suggested length of an answer, 15000 to 600000; without it, two minutes.
    #[serde(default)]
    pub suggested_ms: Option<i64>,
    /// Advice on how to answer, at most 500 characters.
    #[serde(default)]
    pub tip: Option<String>,
    /// The role or company that it is for, at most 80 characters.
    #[serde(default)]
    pub label: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct QuestionMade {
    pub id: String,
}

/// Returns a text on one line without spaces around it.
///
/// # Errors
/// It is longer than that, or has characters that are not shown.
pub fn line(what: &str, text: &str, length: RangeInclusive<usize>) -> Result<String> {
    let text = text.trim();
    if !length.contains(&text.chars().count()) || text.chars().any(char::is_control) {
        let (least, most) = (length.start(), length.end());
        return Err(Error::Unprocessable(format!("{what} has {least} to {most} characters, on one line")));
    }
    Ok(text.to_owned())
}

fn checked(wish: Wish) -> Result<Written> {
    let suggested_ms = wish.suggested_ms.unwrap_or(USUAL_MS);
    if !SUGGESTED_MS.contains(&suggested_ms) {
        let (least, most) = (SUGGESTED_MS.start(), SUGGESTED_MS.end());
        return Err(Error::Unprocessable(format!("suggested_ms must be {least} to {most}")));
    }
    let label = wish.label.as_deref().map(|label| line("a label", label, 0..=LABEL_MAX)).transpose()?;
    Ok(Written {
        family: wish.family,
        text: line("a question", &wish.text, TEXT)?,
        suggested_ms,
        tip: line("advice", wish.tip.as_deref().unwrap_or_default(), 0..=TIP_MAX)?,
        label: label.filter(|label| !label.is_empty()),
    })
}

/// Adds a question of the person's own.
#[utoipa::path(post, operation_id = "questions_add", path = "/api/questions", tag = "sessions", request_body = Wish,
    responses((status = 201, body = QuestionMade), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<QuestionMade>)> {
    let added = own::add(&app.context.db, viewer.user, &checked(wish)?).await?;
    let id = added.ok_or_else(|| full("questions", QUESTIONS_MAX))?;
    Ok((StatusCode::CREATED, Json(QuestionMade { id })))
}

/// Changes a question of the person's own. Sessions keep it as it was asked.
#[utoipa::path(put, operation_id = "questions_change", path = "/api/questions/{question}", tag = "sessions", params(("question" = String, Path)),
    request_body = Wish, responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(question): Path<String>,
    Body(wish): Body<Wish>,
) -> Result<StatusCode> {
    if own::change(&app.context.db, viewer.user, &question, &checked(wish)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Error::NotFound("question of your own"))
}

/// Deletes a question of the person's own, also from the sets that hold it. Sessions keep it as it was asked.
#[utoipa::path(delete, operation_id = "questions_delete", path = "/api/questions/{question}", tag = "sessions",
    params(("question" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(question): Path<String>,
) -> Result<StatusCode> {
    if own::delete(&app.context.db, viewer.user, &question).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Error::NotFound("question of your own"))
}

/// Returns what is said when there is no room for one more.
pub fn full(what: &str, most: i64) -> Error {
    Error::Conflict(format!("you have {most} {what}, which is the most; delete one first"))
}
