//! Queries on grants: what an owner allows another person to do with a session.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::{SessionId, UserId};
use uuid::Uuid;

/// What a grant allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Interviewer,
    Observer,
    Coach,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Role::Interviewer => "interviewer",
            Role::Observer => "observer",
            Role::Coach => "coach",
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no role")]
pub struct UnknownRole(String);

impl TryFrom<String> for Role {
    type Error = UnknownRole;
    fn try_from(text: String) -> Result<Role, UnknownRole> {
        [Role::Interviewer, Role::Observer, Role::Coach]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole(text))
    }
}

/// A grant that is in force: whose session, and in which role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    pub id: Uuid,
    pub owner: UserId,
    pub role: Role,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    owner: Uuid,
    role: Role,
}

/// Inserts a grant. Returns `None` when the session is not the owner's.
pub async fn give(
    db: &Db,
    owner: UserId,
    session: SessionId,
    grantee: UserId,
    role: Role,
    expires_us: Option<i64>,
) -> sqlx::Result<Option<Uuid>> {
    const INSERT: &str = "INSERT INTO grants (id, session, owner, grantee, role, created_us, expires_us)
        SELECT $1, id, owner, $4, $5, $6, $7 FROM sessions WHERE id = $2 AND owner = $3 AND state <> 'deleted' RETURNING id";
    on!(db, pool => sqlx::query_scalar(INSERT).bind(Uuid::now_v7()).bind(session.0).bind(owner.0).bind(grantee.0).bind(role.as_str())
        .bind(now_us()).bind(expires_us).fetch_optional(pool).await)
}

/// Returns the person's newest grant on this session that is neither expired nor revoked.
pub async fn held(db: &Db, grantee: UserId, session: SessionId, now: i64) -> sqlx::Result<Option<Grant>> {
    const SELECT: &str = "SELECT id, owner, role FROM grants WHERE grantee = $1 AND session = $2 AND revoked_us IS NULL
        AND (expires_us IS NULL OR expires_us > $3) ORDER BY created_us DESC, id DESC LIMIT 1";
    let row = on!(db, pool => sqlx::query_as::<_, Row>(SELECT).bind(grantee.0).bind(session.0).bind(now).fetch_optional(pool).await?);
    Ok(row.map(|row| Grant { id: row.id, owner: UserId(row.owner), role: row.role }))
}

/// Revokes a grant. Returns whether there was one.
pub async fn revoke(db: &Db, owner: UserId, id: Uuid) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE grants SET revoked_us = $3 WHERE id = $1 AND owner = $2 AND revoked_us IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(owner.0).bind(now_us()).execute(pool).await?.rows_affected() == 1))
}
