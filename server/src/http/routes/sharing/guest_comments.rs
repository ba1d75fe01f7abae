//! Comments on a session by guests of a link that allows them.

use super::comments::{Comments, Made, Remark, erase, write};
use super::links::called;
use super::visitor::Guest;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::act;
use crate::store::sharing::comments::{self, Writer};
use crate::store::sharing::visits;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

// The fields of `Remark` again: serde refuses no unknown fields where a struct is flattened into another.
/// What a guest says, and how they are called.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = GuestCommentRequest)]
#[serde(deny_unknown_fields)]
pub struct GuestRemark {
    /// How the guest is called, at most 80 characters; without it, as before.
    #[serde(default)]
    pub name: Option<String>,
    /// 1 to 2000 characters.
    pub text: String,
    /// The comment that it answers, which is itself no reply.
    #[serde(default)]
    pub reply_to: Option<Uuid>,
    /// Where it begins, media time; `null`: it is about the whole session.
    #[serde(default)]
    pub start_ms: Option<i64>,
    /// Where it ends; `null`: it is about one moment.
    #[serde(default)]
    pub end_ms: Option<i64>,
}

/// The comments on a session, for guests of a link that allows them.
#[utoipa::path(get, operation_id = "guest_comments_list", path = "/api/guest/{link}/comments", tag = "guests", params(("link" = Uuid, Path)),
    responses((status = 200, body = Comments), (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn list(State(app): State<App>, seen: Guest<act::Comment>) -> Result<Json<Comments>> {
    let reader = Writer::Guest(seen.guest.visit);
    let comments = comments::list(&app.context.db, seen.session.owner, seen.session.id, reader).await?;
    Ok(Json(Comments { comments }))
}

/// Comments as a guest. The first one says how the guest is called.
#[utoipa::path(post, operation_id = "guest_comments_add", path = "/api/guest/{link}/comments", tag = "guests", params(("link" = Uuid, Path)),
    request_body = GuestRemark,
    responses((status = 201, body = Made), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn add(
    State(app): State<App>,
    seen: Guest<act::Comment>,
    Body(remark): Body<GuestRemark>,
) -> Result<(StatusCode, Json<Made>)> {
    let given = remark.name.as_deref().map(called).transpose()?.flatten();
    let name = given.clone().or(seen.guest.name);
    let name = name.ok_or_else(|| Error::Unprocessable("say how you are called: name is missing".into()))?;
    let GuestRemark { text, reply_to, start_ms, end_ms, .. } = remark;
    let remark = Remark { text, reply_to, start_ms, end_ms };
    let made = write(&app, &seen.session, remark, Writer::Guest(seen.guest.visit), name).await?;
    if let Some(name) = given {
        visits::set_name(&app.context.db, seen.session.owner, seen.guest.visit, &name).await?;
    }
    Ok(made)
}

/// Deletes a comment that the guest wrote. One with replies stays without text and name until the last reply goes.
#[utoipa::path(delete, operation_id = "guest_comments_delete", path = "/api/guest/{link}/comments/{comment}", tag = "guests",
    params(("link" = Uuid, Path), ("comment" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    seen: Guest<act::Comment>,
    Path((_, comment)): Path<(String, String)>,
) -> Result<StatusCode> {
    erase(&app, &seen.session, &comment, Writer::Guest(seen.guest.visit)).await
}
