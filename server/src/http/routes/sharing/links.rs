//! Links by which people without an account see a session, as its owner makes and ends them.

use crate::auth::password;
use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::routes::account::sign_in::busy;
use crate::http::viewer::{Seen, act};
use crate::store::people::audit;
use crate::store::people::grants::Role;
use crate::store::sessions::{Session, Source};
use crate::store::sharing::links::{self, LINKS_MAX, Link, NewLink};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use coach_core::SessionId;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// How long a link is good, days.
const DAYS: RangeInclusive<u32> = 1..=90;
/// Fewest and most characters of a passphrase.
const PASSPHRASE: RangeInclusive<usize> = 8..=*password::LENGTH.end();
/// Most characters of a link's name.
pub const NAME_MAX: usize = 80;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Links {
    /// The newest first, those that have ended included.
    pub links: Vec<Link>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LinkRequest)]
pub struct Wish {
    /// For whom it is, at most 80 characters; guests do not see it.
    #[serde(default)]
    pub name: Option<String>,
    /// 8 to 256 characters that are asked for; `null`: whoever has the link is let in.
    #[serde(default)]
    pub passphrase: Option<String>,
    /// Whether scores and report are shown too, beside recording and transcript.
    #[serde(default)]
    pub scores: bool,
    /// Whether guests see and write comments.
    #[serde(default)]
    pub comments: bool,
    /// As what it lets somebody into the live session, `interviewer` or `observer`; `null`: it shows the recording. Whoever is let in
    /// sees neither recording nor scores nor comments by it.
    #[serde(default)]
    pub role: Option<Role>,
    /// How long it is good: 1 to 90.
    pub days: u32,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LinkMade)]
pub struct Made {
    pub id: Uuid,
    /// The page that guests open, on this server; it cannot be read again. The secret in it stands after a `#`, so that no server's log
    /// holds it.
    pub path: String,
}

/// The links to a session, and who opened them.
#[utoipa::path(get, operation_id = "links_list", path = "/api/sessions/{id}/links", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Links), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(State(app): State<App>, Seen { session, .. }: Seen<act::Share>) -> Result<Json<Links>> {
    Ok(Json(Links { links: links::list(&app.context.db, session.owner, session.id).await? }))
}

/// Makes a link by which people without an account see a session.
#[utoipa::path(post, operation_id = "links_make", path = "/api/sessions/{id}/links", tag = "sessions", params(("id" = SessionId, Path)),
    request_body = Wish,
    responses((status = 201, body = Made), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn make(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Share>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<Made>)> {
    if !DAYS.contains(&wish.days) {
        return Err(Error::Unprocessable(format!("days must be {} to {}", DAYS.start(), DAYS.end())));
    }
    let name = wish.name.as_deref().map(called).transpose()?.flatten();
    if wish.passphrase.as_ref().is_some_and(|text| !PASSPHRASE.contains(&text.chars().count())) {
        let detail = format!("a passphrase has {} to {} characters", PASSPHRASE.start(), PASSPHRASE.end());
        return Err(Error::Unprocessable(detail));
    }
    if let Some(role) = wish.role {
        invites(role, &wish, &session)?;
    }
    let passphrase = match wish.passphrase {
        Some(text) => Some(app.passwords.hash(text).await.map_err(busy)?),
        None => None,
    };
    let expires_us = now_us() + i64::from(wish.days) * DAY_US;
    let new = NewLink { name, passphrase, scores: wish.scores, comments: wish.comments, role: wish.role, expires_us };
    let db = &app.context.db;
    let Some((id, secret)) = links::make(db, session.owner, session.id, new).await? else {
        return Err(Error::Conflict(format!("this session has had {LINKS_MAX} links, which is the most")));
    };
    audit::add(db, session.owner, audit::What::LinkMade, Some(session.id), None).await?;
    tracing::info!(session = %session.id, link = %id, "a link to a session was made");
    let page = if wish.role.is_some() { "room" } else { "guest" };
    Ok((StatusCode::CREATED, Json(Made { id, path: format!("/{page}#{secret}") })))
}

/// Refuses an invitation that could not be used, or that says more than it shows.
fn invites(role: Role, wish: &Wish, session: &Session) -> Result<()> {
    if role == Role::Coach || wish.scores || wish.comments || wish.passphrase.is_some() {
        return Err(Error::Unprocessable(
            "an invitation is for an interviewer or an observer, has no passphrase, and shows neither scores nor comments".into(),
        ));
    }
    if session.source != Source::Live || !session.state.takes_media() {
        let detail = "nobody can be invited into a session that is over".into();
        return Err(Error::State { state: session.state, detail });
    }
    // A session knows from its beginning on whether another voice has to be kept apart from the candidate's.
    if role == Role::Interviewer && session.state != crate::session::State::Created && !session.room {
        let detail = "an interviewer is invited before the session begins".into();
        return Err(Error::State { state: session.state, detail });
    }
    Ok(())
}

/// Ends a link, and with it every visit that it began.
#[utoipa::path(delete, operation_id = "links_revoke", path = "/api/sessions/{id}/links/{link}", tag = "sessions",
    params(("id" = SessionId, Path), ("link" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Share>,
    Path((_, link)): Path<(String, String)>,
) -> Result<StatusCode> {
    let id: Uuid = link.parse().map_err(|_| Error::NotFound("link"))?;
    if !links::revoke(&app.context.db, session.owner, session.id, id).await? {
        return Err(Error::NotFound("link"));
    }
    audit::add(&app.context.db, session.owner, audit::What::LinkEnded, Some(session.id), None).await?;
    tracing::info!(session = %session.id, link = %id, "a link to a session was ended");
    Ok(StatusCode::NO_CONTENT)
}

/// Returns a name as it is kept, without spaces around it; `None`: nothing else was in it.
///
/// # Errors
/// It is too long or has control characters.
pub fn called(name: &str) -> Result<Option<String>> {
    let name = name.trim();
    if name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Error::Unprocessable(format!("a name has at most {NAME_MAX} plain characters")));
    }
    Ok(Some(name.to_owned()).filter(|name| !name.is_empty()))
}
