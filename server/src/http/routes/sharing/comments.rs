//! Comments on a session, by its owner and by people to whom it is shown.

use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Seen, act};
use crate::jobs::notify::mail;
use crate::session::announce;
use crate::store::people::users;
use crate::store::sessions::Session;
use crate::store::sharing::comments::{self, Added, AuthorKind, COMMENTS_MAX, Comment, EACH_MAX, NewComment, Writer};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use coach_core::SessionId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most characters of a comment.
const TEXT_MAX: usize = 2000;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Comments {
    /// In the order in which they were written.
    pub comments: Vec<Comment>,
}

/// What somebody says, and about which place.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommentRequest)]
pub struct Remark {
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

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CommentMade)]
pub struct Made {
    pub id: Uuid,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    pub resolved: bool,
}

/// The comments on a session.
#[utoipa::path(get, operation_id = "comments_list", path = "/api/sessions/{id}/comments", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Comments), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(State(app): State<App>, seen: Seen<act::Comment>) -> Result<Json<Comments>> {
    let reader = Writer::Person(seen.viewer.user);
    let comments = comments::list(&app.context.db, seen.session.owner, seen.session.id, reader).await?;
    Ok(Json(Comments { comments }))
}

/// Comments on a session, on one of its moments, or on a comment.
#[utoipa::path(post, operation_id = "comments_add", path = "/api/sessions/{id}/comments", tag = "sessions", params(("id" = SessionId, Path)),
    request_body = Remark,
    responses((status = 201, body = Made), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(app): State<App>,
    seen: Seen<act::Comment>,
    Body(remark): Body<Remark>,
) -> Result<(StatusCode, Json<Made>)> {
    let (user, owner) = (seen.viewer.user, seen.session.owner);
    let account = users::get(&app.context.db, user).await?;
    // Never the address: a guest reads it, too.
    let nameless = if user == owner { "The owner" } else { "A reviewer" };
    let name = account.and_then(|account| account.name).unwrap_or_else(|| nameless.into());
    write(&app, &seen.session, remark, Writer::Person(user), name).await
}

/// Adds a comment by this writer.
///
/// # Errors
/// It says nothing or too much, is about no place of the session, or there are as many as there may be.
pub async fn write(
    app: &App,
    session: &Session,
    remark: Remark,
    writer: Writer,
    author_name: String,
) -> Result<(StatusCode, Json<Made>)> {
    let text = remark.text.trim().to_owned();
    let plain = |c: char| !c.is_control() || c == '\n';
    if text.is_empty() || text.chars().count() > TEXT_MAX || !text.chars().all(plain) {
        return Err(Error::Unprocessable(format!("a comment has 1 to {TEXT_MAX} plain characters")));
    }
    place(session, &remark)?;
    let by = match writer {
        Writer::Person(user) if user == session.owner => AuthorKind::Owner,
        Writer::Person(_) => AuthorKind::Person,
        Writer::Guest(_) => AuthorKind::Guest,
    };
    let Remark { reply_to, start_ms, end_ms, .. } = remark;
    let new = NewComment { writer, author_name, reply_to, start_ms, end_ms, text };
    let tells = app.context.config.webhook.url.is_some();
    let tell = |id| tells.then(|| announce::of_comment(session.owner, session.id, id, by));
    let most =
        |n: i64| Err(Error::Conflict(format!("there are {n} comments already, which is the most; delete some first")));
    match comments::add(&app.context.db, session.owner, session.id, new, tell).await? {
        Added::Done(id) => {
            tracing::info!(session = %session.id, comment = %id, "a comment was written");
            if by != AuthorKind::Owner && app.context.config.mail.enabled() {
                app.context.queue.enqueue_once(mail::commented(session.owner, session.id)).await?;
            }
            Ok((StatusCode::CREATED, Json(Made { id })))
        }
        Added::Unknown => Err(Error::Unprocessable("there is no such comment to reply to".into())),
        Added::Full => most(COMMENTS_MAX),
        Added::Enough => most(EACH_MAX),
    }
}

/// Refuses a place that is not in the session.
fn place(session: &Session, remark: &Remark) -> Result<()> {
    let wrong = |detail: &str| Err(Error::Unprocessable(detail.to_owned()));
    let end = match (remark.start_ms, remark.end_ms) {
        (None, None) => return Ok(()),
        _ if remark.reply_to.is_some() => {
            return wrong("a reply is about what it replies to; leave start_ms and end_ms out");
        }
        (None, Some(_)) => return wrong("end_ms needs start_ms"),
        (Some(start), None) => start,
        (Some(start), Some(end)) if end >= start => end,
        (Some(_), Some(_)) => return wrong("end_ms must not be before start_ms"),
    };
    let length = session.duration_ms.unwrap_or(i64::MAX);
    if remark.start_ms.is_some_and(|start| start < 0) || end > length {
        return wrong("the place must be within the recording");
    }
    Ok(())
}

/// Deletes a comment: the owner any, others their own. One with replies stays without text and name until the last reply goes.
#[utoipa::path(delete, operation_id = "comments_delete", path = "/api/sessions/{id}/comments/{comment}", tag = "sessions",
    params(("id" = SessionId, Path), ("comment" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    seen: Seen<act::Comment>,
    Path((_, comment)): Path<(String, String)>,
) -> Result<StatusCode> {
    let by = Writer::Person(seen.viewer.user);
    erase(&app, &seen.session, &comment, by).await
}

/// Deletes a comment of this writer, or any if the writer owns the session.
///
/// # Errors
/// There is none.
pub async fn erase(app: &App, session: &Session, comment: &str, by: Writer) -> Result<StatusCode> {
    let id: Uuid = comment.parse().map_err(|_| Error::NotFound("comment"))?;
    if !comments::delete(&app.context.db, session.owner, session.id, id, by).await? {
        return Err(Error::NotFound("comment"));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes every comment on a session.
#[utoipa::path(delete, operation_id = "comments_delete_all", path = "/api/sessions/{id}/comments", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn delete_all(State(app): State<App>, Seen { session, .. }: Seen<act::Change>) -> Result<StatusCode> {
    let gone = comments::delete_all(&app.context.db, session.owner, session.id).await?;
    tracing::info!(session = %session.id, comments = gone, "all comments on a session were deleted");
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a comment as settled, or as open again: the owner any, others their own.
#[utoipa::path(put, operation_id = "comments_resolve", path = "/api/sessions/{id}/comments/{comment}/resolved", tag = "sessions",
    params(("id" = SessionId, Path), ("comment" = Uuid, Path)), request_body = Resolution,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn resolve(
    State(app): State<App>,
    seen: Seen<act::Comment>,
    Path((_, comment)): Path<(String, String)>,
    Body(wish): Body<Resolution>,
) -> Result<StatusCode> {
    let id: Uuid = comment.parse().map_err(|_| Error::NotFound("comment"))?;
    let at_us = wish.resolved.then(now_us);
    let (db, session, user) = (&app.context.db, &seen.session, seen.viewer.user);
    if !comments::resolve(db, session.owner, session.id, id, user, at_us).await? {
        return Err(Error::NotFound("comment"));
    }
    Ok(StatusCode::NO_CONTENT)
}
