//! Queries on logins: browsers that are signed in, each known by the hash of its cookie.

use super::SEEN_EVERY_US;
use crate::secret;
use crate::store::{Db, on};
use coach_core::UserId;
use serde::Serialize;
use uuid::Uuid;

/// Longest name of a browser that is kept, characters.
const AGENT_MAX: usize = 200;

/// A browser to sign in.
#[derive(Debug, Clone)]
pub struct NewLogin<'a> {
    pub person: UserId,
    pub issuer: &'a str,
    /// The provider's name of its own session.
    pub issuer_sid: Option<&'a str>,
    pub agent: Option<&'a str>,
    /// Microseconds since 1970.
    pub now_us: i64,
    /// Microseconds since 1970.
    pub expires_us: i64,
}

/// A browser that is signed in, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct Browser {
    pub id: Uuid,
    /// When it signed in: microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Its last request, within a minute.
    pub seen_us: i64,
    /// When it is signed out at the latest.
    pub expires_us: i64,
    /// What the browser calls itself.
    pub agent: Option<String>,
}

/// Signs a browser in. Returns the secret for its cookie, which cannot be read again.
pub async fn create(db: &Db, new: NewLogin<'_>) -> sqlx::Result<String> {
    const INSERT: &str =
        "INSERT INTO logins (id, hash, person, created_us, seen_us, expires_us, issuer, issuer_sid, agent)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)";
    let secret = secret::generate();
    let agent = new.agent.map(|agent| agent.chars().take(AGENT_MAX).collect::<String>());
    on!(db, pool => sqlx::query(INSERT).bind(Uuid::now_v7()).bind(secret::hash(&secret)).bind(new.person.0).bind(new.now_us)
        .bind(new.expires_us).bind(new.issuer).bind(new.issuer_sid).bind(agent).execute(pool).await.map(drop)?);
    Ok(secret)
}

/// Returns the login of this cookie and its person, if it has neither expired nor been idle too long and the account is in use.
pub async fn find(db: &Db, secret: &str, now: i64, idle_us: i64) -> sqlx::Result<Option<(Uuid, UserId)>> {
    const SELECT: &str = "SELECT l.id, l.person, l.seen_us FROM logins l JOIN users u ON u.id = l.person
        WHERE l.hash = $1 AND l.expires_us > $2 AND l.seen_us > $3 AND u.disabled_us IS NULL";
    const SEEN: &str = "UPDATE logins SET seen_us = $2 WHERE id = $1";
    on!(db, pool => {
        let row: Option<(Uuid, Uuid, i64)> = sqlx::query_as(SELECT).bind(secret::hash(secret)).bind(now).bind(now - idle_us)
            .fetch_optional(pool).await?;
        let Some((id, person, seen)) = row else { return Ok(None) };
        if now - seen >= SEEN_EVERY_US {
            sqlx::query(SEEN).bind(id).bind(now).execute(pool).await?;
        }
        Ok(Some((id, UserId(person))))
    })
}

/// Returns whether a login is still in force.
pub async fn is_valid(db: &Db, id: Uuid, person: UserId, now: i64) -> sqlx::Result<bool> {
    const SELECT: &str = "SELECT 1 FROM logins l JOIN users u ON u.id = l.person
        WHERE l.id = $1 AND l.person = $2 AND l.expires_us > $3 AND u.disabled_us IS NULL";
    on!(db, pool => Ok(sqlx::query(SELECT).bind(id).bind(person.0).bind(now).fetch_optional(pool).await?.is_some()))
}

/// Returns the browsers of a person that are signed in, the last used first.
pub async fn list(db: &Db, person: UserId, now: i64, idle_us: i64) -> sqlx::Result<Vec<Browser>> {
    const SELECT: &str = "SELECT id, created_us, seen_us, expires_us, agent FROM logins
        WHERE person = $1 AND expires_us > $2 AND seen_us > $3 ORDER BY seen_us DESC, id DESC";
    on!(db, pool => sqlx::query_as(SELECT).bind(person.0).bind(now).bind(now - idle_us).fetch_all(pool).await)
}

/// Signs a browser out. Returns its issuer; `None`: the person has no such browser.
pub async fn end(db: &Db, person: UserId, id: Uuid) -> sqlx::Result<Option<String>> {
    const DELETE: &str = "DELETE FROM logins WHERE id = $1 AND person = $2 RETURNING issuer";
    on!(db, pool => sqlx::query_scalar(DELETE).bind(id).bind(person.0).fetch_optional(pool).await)
}

/// Signs out every browser of a session at the provider. Returns how many.
pub async fn end_of_issuer_session(db: &Db, issuer: &str, sid: &str) -> sqlx::Result<u64> {
    const DELETE: &str = "DELETE FROM logins WHERE issuer = $1 AND issuer_sid = $2";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(issuer).bind(sid).execute(pool).await?.rows_affected()))
}

/// Signs out every browser in which the person signed in by this issuer. Returns how many.
pub async fn end_of_issuer_subject(db: &Db, issuer: &str, subject: &str) -> sqlx::Result<u64> {
    const DELETE: &str = "DELETE FROM logins WHERE issuer = $1
        AND person IN (SELECT person FROM identities WHERE issuer = $1 AND subject = $2)";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(issuer).bind(subject).execute(pool).await?.rows_affected()))
}
