//! Queries on passkeys: what people sign in by instead of a password, and beside it.

use crate::clock::now_us;
use crate::store::{Db, on};
use coach_core::UserId;
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// Passkeys of one person at most.
pub const PASSKEYS_MAX: i64 = 20;

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct Passkey {
    pub id: Uuid,
    /// As its owner calls it.
    pub name: String,
    /// Microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Its last use: microseconds since 1970 (UTC); `null`: never.
    pub used_us: Option<i64>,
}

/// Adds a passkey. Returns its id; `None`: the person has [`PASSKEYS_MAX`], or somebody has this one.
pub async fn add(
    db: &Db,
    person: UserId,
    credential_id: &str,
    name: &str,
    credential: &Value,
) -> sqlx::Result<Option<Uuid>> {
    const INSERT: &str = "INSERT INTO passkeys (id, person, credential_id, name, credential, created_us)
        SELECT $1, u.id, $3, $4, $5, $6 FROM users u WHERE u.id = $2
        AND (SELECT COUNT(*) FROM passkeys WHERE person = $2) < $7
        AND NOT EXISTS (SELECT 1 FROM passkeys WHERE person IS NOT NULL AND credential_id = $3)";
    let id = Uuid::now_v7();
    let added = on!(db, pool => sqlx::query(INSERT).bind(id).bind(person.0).bind(credential_id).bind(name).bind(Json(credential))
        .bind(now_us()).bind(PASSKEYS_MAX).execute(pool).await?.rows_affected());
    Ok((added == 1).then_some(id))
}

/// Returns the person's passkeys, the oldest first.
pub async fn list(db: &Db, person: UserId) -> sqlx::Result<Vec<Passkey>> {
    const SELECT: &str = "SELECT id, name, created_us, used_us FROM passkeys WHERE person = $1 ORDER BY id";
    on!(db, pool => sqlx::query_as(SELECT).bind(person.0).fetch_all(pool).await)
}

/// Returns the person's credentials, each with the id of its passkey.
pub async fn credentials(db: &Db, person: UserId) -> sqlx::Result<Vec<(Uuid, Value)>> {
    const SELECT: &str = "SELECT id, credential FROM passkeys WHERE person = $1 ORDER BY id";
    let rows: Vec<(Uuid, Json<Value>)> = on!(db, pool => sqlx::query_as(SELECT).bind(person.0).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|(id, credential)| (id, credential.0)).collect())
}

/// Returns the passkey of a person who has a local account in use, by the authenticator's id of it.
pub async fn find(db: &Db, person: UserId, credential_id: &str) -> sqlx::Result<Option<(Uuid, Value)>> {
    const SELECT: &str = "SELECT k.id, k.credential FROM passkeys k JOIN users u ON u.id = k.person
        WHERE k.person = $1 AND k.credential_id = $2 AND u.disabled_us IS NULL
        AND EXISTS (SELECT 1 FROM identities WHERE person = $1 AND issuer = 'local')";
    let row: Option<(Uuid, Json<Value>)> =
        on!(db, pool => sqlx::query_as(SELECT).bind(person.0).bind(credential_id).fetch_optional(pool).await?);
    Ok(row.map(|(id, credential)| (id, credential.0)))
}

/// Notes that a passkey was used, and what changed in its credential.
pub async fn used(db: &Db, person: UserId, id: Uuid, credential: &Value) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE passkeys SET credential = $3, used_us = $4 WHERE id = $1 AND person = $2";
    on!(db, pool => sqlx::query(UPDATE).bind(id).bind(person.0).bind(Json(credential)).bind(now_us()).execute(pool).await.map(drop))
}

/// Removes a passkey. Returns whether it was the person's.
pub async fn remove(db: &Db, person: UserId, id: Uuid) -> sqlx::Result<bool> {
    const DELETE: &str = "DELETE FROM passkeys WHERE id = $1 AND person = $2";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(id).bind(person.0).execute(pool).await?.rows_affected() == 1))
}

/// Removes every passkey of a person. Returns how many there were.
pub async fn remove_all(db: &Db, person: UserId) -> sqlx::Result<u64> {
    const DELETE: &str = "DELETE FROM passkeys WHERE person = $1";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(person.0).execute(pool).await?.rows_affected()))
}
