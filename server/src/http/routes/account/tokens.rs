//! The person's tokens: for programs, scripts, and software that publishes by WHIP.

use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Asks, act};
use crate::store::people::audit;
use crate::store::people::tokens::{self, NewToken, Scope, Token};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use coach_core::SessionId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest life of a token, days.
const DAYS_MAX: u32 = 366;
/// Longest name of a token, characters.
const NAME_MAX: usize = 100;
/// Tokens of one person that are in force at once.
const EACH_MAX: usize = 50;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Tokens {
    /// Those in force, newest first.
    pub tokens: Vec<Token>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenRequest)]
pub struct Wish {
    /// What it is for, in the person's words; 1 to 100 characters.
    pub name: String,
    pub scope: Scope,
    /// The only session it is good for; `null`: all.
    #[serde(default)]
    pub session: Option<SessionId>,
    /// 1 to 366.
    pub days: u32,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Issued {
    pub id: Uuid,
    /// Sent as `Authorization: Bearer …`. It is shown now and never again.
    pub secret: String,
}

/// The person's tokens.
#[utoipa::path(get, operation_id = "tokens_list", path = "/api/tokens", tag = "person",
    responses((status = 200, body = Tokens), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Json<Tokens>> {
    Ok(Json(Tokens { tokens: tokens::list(&app.context.db, viewer.user, now_us()).await? }))
}

/// Issues a token.
#[utoipa::path(post, operation_id = "tokens_issue", path = "/api/tokens", tag = "person", request_body = Wish,
    responses((status = 201, body = Issued), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn issue(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Account>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<Issued>)> {
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Error::Unprocessable(format!("a token's name has 1 to {NAME_MAX} characters")));
    }
    if !(1..=DAYS_MAX).contains(&wish.days) {
        return Err(Error::Unprocessable(format!("days must be 1 to {DAYS_MAX}")));
    }
    let db = &app.context.db;
    if tokens::list(db, viewer.user, now_us()).await?.len() >= EACH_MAX {
        return Err(Error::Conflict(format!("there are {EACH_MAX} tokens already; revoke one first")));
    }
    let expires_us = now_us() + i64::from(wish.days) * DAY_US;
    let new = NewToken { session: wish.session, scope: wish.scope, name: Some(name), expires_us };
    let issued = tokens::issue(db, viewer.user, new).await?;
    let (id, secret) = issued.ok_or_else(|| Error::Unprocessable("there is no such session".into()))?;
    audit::add(db, viewer.user, audit::What::TokenIssued, wish.session, None).await?;
    tracing::info!(user = %viewer.user, token = %id, scope = wish.scope.as_str(), "a token was issued");
    Ok((StatusCode::CREATED, Json(Issued { id, secret })))
}

/// Revokes a token.
#[utoipa::path(delete, operation_id = "tokens_revoke", path = "/api/tokens/{token}", tag = "person", params(("token" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Account>,
    Path(token): Path<String>,
) -> Result<StatusCode> {
    let id: Uuid = token.parse().map_err(|_| Error::NotFound("token"))?;
    if !tokens::revoke(&app.context.db, viewer.user, id).await? {
        return Err(Error::NotFound("token"));
    }
    audit::add(&app.context.db, viewer.user, audit::What::TokenRevoked, None, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
