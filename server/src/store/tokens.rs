//! Queries on tokens: secrets that stand for a person, shown once and stored as a hash.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::{SessionId, UserId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Publish,
    Watch,
    Api,
}

impl Scope {
    fn as_str(self) -> &'static str {
        match self {
            Scope::Publish => "publish",
            Scope::Watch => "watch",
            Scope::Api => "api",
        }
    }
}

/// The person that a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    pub owner: UserId,
    /// The only session that the token is valid for; `None`: all of the owner's.
    pub session: Option<SessionId>,
}

/// Creates a token of 256 random bits. Returns the secret, which cannot be read again.
pub async fn issue(
    db: &Db,
    owner: UserId,
    session: Option<SessionId>,
    scope: Scope,
    expires_us: i64,
) -> sqlx::Result<String> {
    const INSERT: &str = "INSERT INTO tokens (id, owner, session, hash, scope, created_us, expires_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let secret = crate::secret::generate();
    on!(db, pool => sqlx::query(INSERT).bind(Uuid::now_v7()).bind(owner.0).bind(session.map(|s| s.0)).bind(hash(&secret))
        .bind(scope.as_str()).bind(now_us()).bind(expires_us).execute(pool).await.map(drop)?);
    Ok(secret)
}

/// Returns whom the secret stands for, if it is known, has this scope, and is neither expired nor revoked. It is looked up by
/// its hash, so the time of the look-up reveals nothing about the secret.
pub async fn bearer(db: &Db, secret: &str, scope: Scope, now: i64) -> sqlx::Result<Option<Bearer>> {
    const SELECT: &str =
        "SELECT owner, session FROM tokens WHERE hash = $1 AND scope = $2 AND expires_us > $3 AND revoked_us IS NULL";
    let row = on!(db, pool => sqlx::query_as::<_, (Uuid, Option<Uuid>)>(SELECT).bind(hash(secret)).bind(scope.as_str()).bind(now)
        .fetch_optional(pool).await?);
    Ok(row.map(|(owner, session)| Bearer { owner: UserId(owner), session: session.map(SessionId) }))
}

/// Revokes a token. Returns whether it was the owner's.
pub async fn revoke(db: &Db, owner: UserId, secret: &str) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE tokens SET revoked_us = $3 WHERE hash = $1 AND owner = $2 AND revoked_us IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(hash(secret)).bind(owner.0).bind(now_us()).execute(pool).await?.rows_affected() == 1))
}

fn hash(secret: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(secret.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
