//! Links to sets of questions: whoever has the link, and is somebody on this server, reads the set and takes a copy.

use super::sets::{QuestionSetMade, id, unknown};
use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Address, Asks, act, too_many};
use crate::store::questions::set_links::{self, Copied, LINKS_MAX, QuestionSetLink, SharedSet};
use crate::store::questions::sets;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// How long a link is good, days.
const DAYS: RangeInclusive<u32> = 1..=366;

#[derive(Serialize, utoipa::ToSchema)]
pub struct QuestionSetLinks {
    /// Those in force, the newest first.
    pub links: Vec<QuestionSetLink>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuestionSetLinkRequest)]
pub struct Wish {
    /// How long it is good: 1 to 366.
    pub days: u32,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct QuestionSetLinkMade {
    pub id: Uuid,
    /// The page that others open, on this server; it cannot be read again. The secret in it stands after a `#`, so that no server's log
    /// holds it.
    pub path: String,
}

/// What a link to a set is opened by.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSecret {
    /// The secret of the link.
    pub link: String,
}

/// The links to a set.
#[utoipa::path(get, operation_id = "question_set_links_list", path = "/api/question-sets/{set}/links", tag = "sessions",
    params(("set" = Uuid, Path)), responses((status = 200, body = QuestionSetLinks), (status = 404, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(set): Path<String>,
) -> Result<Json<QuestionSetLinks>> {
    let id = owned(&app, viewer.user, &set).await?;
    Ok(Json(QuestionSetLinks { links: set_links::list(&app.context.db, viewer.user, id).await? }))
}

async fn owned(app: &App, owner: coach_core::UserId, set: &str) -> Result<Uuid> {
    let id = id(set)?;
    let sets = sets::list(&app.context.db, owner).await?;
    sets.iter().any(|set| set.id == id).then_some(id).ok_or_else(unknown)
}

/// Makes a link to a set.
#[utoipa::path(post, operation_id = "question_set_links_make", path = "/api/question-sets/{set}/links", tag = "sessions",
    params(("set" = Uuid, Path)), request_body = Wish,
    responses((status = 201, body = QuestionSetLinkMade), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn make(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(set): Path<String>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<QuestionSetLinkMade>)> {
    let id = owned(&app, viewer.user, &set).await?;
    if !DAYS.contains(&wish.days) {
        return Err(Error::Unprocessable(format!("days must be {} to {}", DAYS.start(), DAYS.end())));
    }
    let expires_us = now_us() + i64::from(wish.days) * DAY_US;
    let made = set_links::make(&app.context.db, viewer.user, id, expires_us).await?;
    let (id, secret) =
        made.ok_or_else(|| Error::Conflict(format!("this set has {LINKS_MAX} links; end one of them first")))?;
    Ok((StatusCode::CREATED, Json(QuestionSetLinkMade { id, path: format!("/set#{secret}") })))
}

/// Ends a link to a set; copies stay with whoever took them.
#[utoipa::path(delete, operation_id = "question_set_links_end", path = "/api/question-sets/{set}/links/{set_link}", tag = "sessions",
    params(("set" = Uuid, Path), ("set_link" = Uuid, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub async fn end(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path((set, link)): Path<(String, String)>,
) -> Result<StatusCode> {
    let link: Uuid = link.parse().map_err(|_| Error::NotFound("link"))?;
    if set_links::end(&app.context.db, viewer.user, id(&set)?, link).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Error::NotFound("link"))
}

/// The set that a link shows.
#[utoipa::path(post, operation_id = "shared_set_open", path = "/api/shared-sets", tag = "sessions", request_body = SetSecret,
    responses((status = 200, body = SharedSet), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn open(
    State(app): State<App>,
    _: Asks<act::Use>,
    Address(from): Address,
    Body(given): Body<SetSecret>,
) -> Result<Json<SharedSet>> {
    let set = set_links::open(&app.context.db, &given.link).await?;
    Ok(Json(set.map_or_else(|| Err(refused(&app, from)), Ok)?))
}

/// Copies the set that a link shows to the person's own, with the questions that its owner wrote.
#[utoipa::path(post, operation_id = "shared_set_copy", path = "/api/shared-sets/copy", tag = "sessions", request_body = SetSecret,
    responses((status = 201, body = QuestionSetMade), (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub async fn copy(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Address(from): Address,
    Body(given): Body<SetSecret>,
) -> Result<(StatusCode, Json<QuestionSetMade>)> {
    match set_links::copy(&app.context.db, viewer.user, &given.link).await? {
        Copied::Done(id) => Ok((StatusCode::CREATED, Json(QuestionSetMade { id }))),
        Copied::NoLink => Err(refused(&app, from)),
        Copied::Full => {
            Err(Error::Conflict("there is no room for a copy among your questions and sets; delete some first".into()))
        }
    }
}

/// Counts and logs a secret that opens nothing. Returns what its sender gets.
fn refused(app: &App, from: IpAddr) -> Error {
    metrics::counter!("coach_credentials_refused_total").increment(1);
    tracing::warn!(%from, "a link to a set of questions was refused: unknown, expired or ended");
    match app.attempts.refused(from) {
        Ok(()) => Error::NotFound("set; the link has ended, or its address is not whole"),
        Err(retry_after_s) => too_many(retry_after_s),
    }
}
