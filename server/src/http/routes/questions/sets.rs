//! Ordered sets of questions.

use super::own::{full, line};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Asks, act};
use crate::store::questions::sets::{self, QuestionSet, SETS_MAX, Written};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Questions of one set.
const QUESTIONS: RangeInclusive<usize> = 1..=50;
/// Characters of a name.
const NAME: RangeInclusive<usize> = 1..=80;

#[derive(Serialize, utoipa::ToSchema)]
pub struct QuestionSets {
    /// The oldest first.
    pub sets: Vec<QuestionSet>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuestionSetRequest)]
pub struct Wish {
    /// 1 to 80 characters.
    pub name: String,
    /// Ids of 1 to 50 questions in their order, each once.
    pub questions: Vec<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct QuestionSetMade {
    pub id: Uuid,
}

/// Returns the id of a set that a path names.
///
/// # Errors
/// It is no id.
pub fn id(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| unknown())
}

/// Returns what is said of a set that is not there, or not the person's.
pub fn unknown() -> Error {
    Error::NotFound("set of questions")
}

async fn write(app: &App, owner: coach_core::UserId, set: Option<Uuid>, wish: Wish) -> Result<Uuid> {
    let name = line("a set's name", &wish.name, NAME)?;
    if !QUESTIONS.contains(&wish.questions.len()) {
        let (least, most) = (QUESTIONS.start(), QUESTIONS.end());
        return Err(Error::Unprocessable(format!("a set has {least} to {most} questions")));
    }
    if wish.questions.iter().collect::<BTreeSet<_>>().len() < wish.questions.len() {
        return Err(Error::Unprocessable("a set has a question once".into()));
    }
    match sets::write(&app.context.db, owner, set, &name, &wish.questions).await? {
        Written::Done(id) => Ok(id),
        Written::Unknown => Err(unknown()),
        Written::Full => Err(full("sets", SETS_MAX)),
        Written::NoQuestion(id) => {
            let id: String = id.chars().take(64).collect();
            Err(Error::Unprocessable(format!("there is no question {id:?}")))
        }
    }
}

/// The person's sets.
#[utoipa::path(get, operation_id = "question_sets_list", path = "/api/question-sets", tag = "sessions", responses((status = 200, body = QuestionSets)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Use>) -> Result<Json<QuestionSets>> {
    Ok(Json(QuestionSets { sets: sets::list(&app.context.db, viewer.user).await? }))
}

/// Makes a set.
#[utoipa::path(post, operation_id = "question_sets_add", path = "/api/question-sets", tag = "sessions", request_body = Wish,
    responses((status = 201, body = QuestionSetMade), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<QuestionSetMade>)> {
    let id = write(&app, viewer.user, None, wish).await?;
    Ok((StatusCode::CREATED, Json(QuestionSetMade { id })))
}

/// Names a set anew and says which questions it has, in which order.
#[utoipa::path(put, operation_id = "question_sets_change", path = "/api/question-sets/{set}", tag = "sessions", params(("set" = Uuid, Path)),
    request_body = Wish, responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(set): Path<String>,
    Body(wish): Body<Wish>,
) -> Result<StatusCode> {
    write(&app, viewer.user, Some(id(&set)?), wish).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a set and its links; its questions stay.
#[utoipa::path(delete, operation_id = "question_sets_delete", path = "/api/question-sets/{set}", tag = "sessions", params(("set" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(set): Path<String>,
) -> Result<StatusCode> {
    if sets::delete(&app.context.db, viewer.user, id(&set)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(unknown())
}
