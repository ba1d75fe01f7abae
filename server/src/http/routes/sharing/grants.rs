//! With whom the owner shares a session.

use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Seen, act, too_many};
use crate::store::people::grants::{self, Given, NewGrant, Role};
use crate::store::people::{audit, users};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use coach_core::SessionId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest time that a session is shared for, days; it can be shared until it is revoked.
const DAYS_MAX: u32 = 366;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Grants {
    /// Those in force, oldest first.
    pub grants: Vec<Given>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The address of an account on this server.
    pub email: String,
    /// Whether scores and report are shown too, beside recording and transcript.
    #[serde(default)]
    pub scores: bool,
    /// 1 to 366; `null`: until it is revoked.
    #[serde(default)]
    pub days: Option<u32>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShareMade)]
pub struct Made {
    pub id: Uuid,
}

/// With whom a session is shared.
#[utoipa::path(get, operation_id = "grants_list", path = "/api/sessions/{id}/grants", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Grants), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(State(app): State<App>, Seen { session, .. }: Seen<act::Share>) -> Result<Json<Grants>> {
    Ok(Json(Grants { grants: grants::list(&app.context.db, session.owner, session.id, now_us()).await? }))
}

/// Shares a session with a person who reviews it.
#[utoipa::path(post, operation_id = "grants_give", path = "/api/sessions/{id}/grants", tag = "sessions", params(("id" = SessionId, Path)), request_body = Share,
    responses((status = 201, body = Made), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn give(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Share>,
    Body(wish): Body<Share>,
) -> Result<(StatusCode, Json<Made>)> {
    if app.mode.accounts().is_none() {
        return Err(Error::Conflict("this server has one person; set [auth] so that others can sign in".into()));
    }
    if wish.days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        return Err(Error::Unprocessable(format!("days must be 1 to {DAYS_MAX}")));
    }
    // Whoever has an account could otherwise ask for one address after another.
    app.attempts.lookup(session.owner).map_err(too_many)?;
    let db = &app.context.db;
    let grantee = match users::with_email(db, &wish.email.trim().to_lowercase()).await?.as_slice() {
        [one] if *one == session.owner => return Err(Error::Unprocessable("the session is yours already".into())),
        [one] => *one,
        [] => return Err(Error::Unprocessable("nobody on this server has this address".into())),
        _ => return Err(Error::Unprocessable("several accounts on this server have this address".into())),
    };
    let expires_us = wish.days.map(|days| now_us() + i64::from(days) * DAY_US);
    let new = NewGrant { grantee, role: Role::Coach, scores: wish.scores, expires_us };
    let given = grants::give(db, session.owner, session.id, new).await?;
    let id = given.ok_or(Error::NotFound("session"))?;
    audit::add(db, session.owner, audit::What::Shared, Some(session.id), None).await?;
    tracing::info!(session = %session.id, grant = %id, "a session was shared");
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Ends a share.
#[utoipa::path(delete, operation_id = "grants_revoke", path = "/api/sessions/{id}/grants/{grant}", tag = "sessions",
    params(("id" = SessionId, Path), ("grant" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Share>,
    Path((_, grant)): Path<(String, String)>,
) -> Result<StatusCode> {
    let id: Uuid = grant.parse().map_err(|_| Error::NotFound("share"))?;
    if !grants::revoke(&app.context.db, session.owner, session.id, id).await? {
        return Err(Error::NotFound("share"));
    }
    audit::add(&app.context.db, session.owner, audit::What::Unshared, Some(session.id), None).await?;
    Ok(StatusCode::NO_CONTENT)
}
