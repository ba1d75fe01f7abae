//! Queries on grants: what an owner allows another person to do with a session.

use super::stored_as_text;
use crate::clock::now_us;
use crate::store::{Db, on};
use coach_core::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// As what somebody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = GrantRole)]
pub enum Role {
    /// Asks the questions while the session is live.
    Interviewer,
    /// Watches while the session is live.
    Observer,
    /// Reviews the session afterwards.
    Coach,
}
stored_as_text!(Role, UnknownRole, "role", Interviewer = "interviewer", Observer = "observer", Coach = "coach");

/// A grant that is in force: whose session, and in which role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    pub id: Uuid,
    pub owner: UserId,
    pub role: Role,
    /// Whether scores and report are seen too.
    pub scores: bool,
}

/// A grant to give.
#[derive(Debug, Clone, Copy)]
pub struct NewGrant {
    pub grantee: UserId,
    pub role: Role,
    pub scores: bool,
    /// Microseconds since 1970; `None`: until it is revoked.
    pub expires_us: Option<i64>,
}

/// A grant as the owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
#[schema(as = Grant)]
pub struct Given {
    pub id: Uuid,
    pub role: Role,
    pub scores: bool,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Microseconds since 1970 (UTC); `null`: until it is revoked.
    pub expires_us: Option<i64>,
}

/// A session that somebody shares with a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct Shared {
    pub session: Uuid,
    pub role: Role,
    pub scores: bool,
    /// Who shares it.
    pub owner_name: Option<String>,
    pub owner_email: Option<String>,
    /// When the session was made: microseconds since 1970 (UTC).
    pub created_us: i64,
}

/// Inserts a grant. Returns `None` when the session is not the owner's.
pub async fn give(db: &Db, owner: UserId, session: SessionId, new: NewGrant) -> sqlx::Result<Option<Uuid>> {
    const INSERT: &str = "INSERT INTO grants (id, session, owner, grantee, role, created_us, expires_us, scores)
        SELECT $1, id, owner, $4, $5, $6, $7, $8 FROM sessions WHERE id = $2 AND owner = $3 AND state <> 'deleted' RETURNING id";
    on!(db, pool => sqlx::query_scalar(INSERT).bind(Uuid::now_v7()).bind(session.0).bind(owner.0).bind(new.grantee.0)
        .bind(new.role.as_str()).bind(now_us()).bind(new.expires_us).bind(new.scores).fetch_optional(pool).await)
}

/// Returns the person's grants on this session that are neither expired nor revoked, newest first. What one of them allows is allowed.
pub async fn held(db: &Db, grantee: UserId, session: SessionId, now: i64) -> sqlx::Result<Vec<Grant>> {
    const SELECT: &str =
        "SELECT id, owner, role, scores FROM grants WHERE grantee = $1 AND session = $2 AND revoked_us IS NULL
        AND (expires_us IS NULL OR expires_us > $3) ORDER BY created_us DESC, id DESC";
    let rows: Vec<(Uuid, Uuid, Role, bool)> =
        on!(db, pool => sqlx::query_as(SELECT).bind(grantee.0).bind(session.0).bind(now).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|(id, owner, role, scores)| Grant { id, owner: UserId(owner), role, scores }).collect())
}

/// Returns the grants that the owner gave on this session and that are in force, oldest first.
pub async fn list(db: &Db, owner: UserId, session: SessionId, now: i64) -> sqlx::Result<Vec<Given>> {
    const SELECT: &str = "SELECT g.id, g.role, g.scores, u.name, u.email, g.created_us, g.expires_us FROM grants g
        JOIN users u ON u.id = g.grantee WHERE g.owner = $1 AND g.session = $2 AND g.revoked_us IS NULL
        AND (g.expires_us IS NULL OR g.expires_us > $3) ORDER BY g.created_us, g.id";
    on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(session.0).bind(now).fetch_all(pool).await)
}

/// Returns the sessions that others share with a person, newest first; a session of several grants comes once for each.
pub async fn shared_with(db: &Db, grantee: UserId, now: i64, limit: i64) -> sqlx::Result<Vec<Shared>> {
    const SELECT: &str = "SELECT g.session, g.role, g.scores, u.name AS owner_name, u.email AS owner_email, s.created_us FROM grants g
        JOIN sessions s ON s.id = g.session JOIN users u ON u.id = g.owner WHERE g.grantee = $1 AND g.revoked_us IS NULL
        AND (g.expires_us IS NULL OR g.expires_us > $2) AND s.state <> 'deleted' ORDER BY s.id DESC, g.id DESC LIMIT $3";
    on!(db, pool => sqlx::query_as(SELECT).bind(grantee.0).bind(now).bind(limit).fetch_all(pool).await)
}

/// Revokes a grant on this session. Returns whether there was one.
pub async fn revoke(db: &Db, owner: UserId, session: SessionId, id: Uuid) -> sqlx::Result<bool> {
    const UPDATE: &str =
        "UPDATE grants SET revoked_us = $4 WHERE id = $1 AND owner = $2 AND session = $3 AND revoked_us IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(owner.0).bind(session.0).bind(now_us()).execute(pool).await?
        .rows_affected() == 1))
}
