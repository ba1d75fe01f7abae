//! Queries on tokens: secrets that stand for a person, shown once and stored as a hash.

use super::{SEEN_EVERY_US, stored_as_text};
use crate::clock::now_us;
use crate::secret;
use crate::store::{Db, on};
use coach_core::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Send media to sessions.
    Publish,
    /// Watch live sessions.
    Watch,
    /// Everything but the account itself.
    Api,
}
stored_as_text!(Scope, UnknownScope, "scope of a token", Publish = "publish", Watch = "watch", Api = "api");

/// The person that a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    pub id: Uuid,
    pub owner: UserId,
    pub scope: Scope,
    /// The only session that the token is valid for; `None`: all of the owner's.
    pub session: Option<SessionId>,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    owner: Uuid,
    scope: Scope,
    session: Option<Uuid>,
    used_us: Option<i64>,
}

/// A token to issue.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    pub session: Option<SessionId>,
    pub scope: Scope,
    pub name: Option<&'a str>,
    /// Microseconds since 1970.
    pub expires_us: i64,
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct Token {
    pub id: Uuid,
    pub name: Option<String>,
    pub scope: Scope,
    /// The only session it is valid for; `null`: all.
    pub session: Option<Uuid>,
    /// Microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Microseconds since 1970 (UTC).
    pub expires_us: i64,
    /// Its last use, within a minute; `null`: never.
    pub used_us: Option<i64>,
}

/// Issues a token of 256 random bits. Returns its id and the secret, which cannot be read again; `None`: the session is not the
/// owner's.
pub async fn issue(db: &Db, owner: UserId, new: NewToken<'_>) -> sqlx::Result<Option<(Uuid, String)>> {
    const INSERT: &str = "INSERT INTO tokens (id, owner, session, hash, scope, created_us, expires_us, name)
        SELECT $1, u.id, $3, $4, $5, $6, $7, $8 FROM users u WHERE u.id = $2
        AND ($9 = 0 OR EXISTS (SELECT 1 FROM sessions WHERE id = $3 AND owner = $2 AND state <> 'deleted'))";
    let (id, secret) = (Uuid::now_v7(), secret::generate());
    let bound = i64::from(new.session.is_some());
    let made = on!(db, pool => sqlx::query(INSERT).bind(id).bind(owner.0).bind(new.session.map(|s| s.0)).bind(secret::hash(&secret))
        .bind(new.scope.as_str()).bind(now_us()).bind(new.expires_us).bind(new.name).bind(bound).execute(pool).await?.rows_affected());
    Ok((made == 1).then_some((id, secret)))
}

/// Returns whom the secret stands for, if it is known, neither expired nor revoked, and the account is in use. It is looked up by
/// its hash, so the time of the look-up reveals nothing about the secret.
pub async fn bearer(db: &Db, secret: &str, now: i64) -> sqlx::Result<Option<Bearer>> {
    const SELECT: &str =
        "SELECT t.id, t.owner, t.scope, t.session, t.used_us FROM tokens t JOIN users u ON u.id = t.owner
        WHERE t.hash = $1 AND t.expires_us > $2 AND t.revoked_us IS NULL AND u.disabled_us IS NULL";
    const USED: &str = "UPDATE tokens SET used_us = $3 WHERE id = $1 AND owner = $2";
    on!(db, pool => {
        let row: Option<Row> =
            sqlx::query_as(SELECT).bind(secret::hash(secret)).bind(now).fetch_optional(pool).await?;
        let Some(Row { id, owner, scope, session, used_us }) = row else { return Ok(None) };
        if used_us.is_none_or(|used| now - used >= SEEN_EVERY_US) {
            sqlx::query(USED).bind(id).bind(owner).bind(now).execute(pool).await?;
        }
        Ok(Some(Bearer { id, owner: UserId(owner), scope, session: session.map(SessionId) }))
    })
}

/// Returns whether a token is still in force.
pub async fn is_valid(db: &Db, id: Uuid, owner: UserId, now: i64) -> sqlx::Result<bool> {
    const SELECT: &str = "SELECT 1 FROM tokens t JOIN users u ON u.id = t.owner WHERE t.id = $1 AND t.owner = $2
        AND t.expires_us > $3 AND t.revoked_us IS NULL AND u.disabled_us IS NULL";
    on!(db, pool => Ok(sqlx::query(SELECT).bind(id).bind(owner.0).bind(now).fetch_optional(pool).await?.is_some()))
}

/// Returns the owner's tokens that are in force, newest first.
pub async fn list(db: &Db, owner: UserId, now: i64) -> sqlx::Result<Vec<Token>> {
    const SELECT: &str = "SELECT id, name, scope, session, created_us, expires_us, used_us FROM tokens
        WHERE owner = $1 AND expires_us > $2 AND revoked_us IS NULL ORDER BY id DESC";
    on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(now).fetch_all(pool).await)
}

/// Revokes a token. Returns whether it was the owner's and in force.
pub async fn revoke(db: &Db, owner: UserId, id: Uuid) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE tokens SET revoked_us = $3 WHERE id = $1 AND owner = $2 AND revoked_us IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(owner.0).bind(now_us()).execute(pool).await?.rows_affected() == 1))
}
