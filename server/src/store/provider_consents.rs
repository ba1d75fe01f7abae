//! Queries on consents to services of others: who agreed to which one, for what.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::UserId;
use serde::Serialize;
use uuid::Uuid;

/// An agreement as it is kept.
#[derive(Debug, Serialize, sqlx_macros::FromRow)]
pub struct Given {
    pub purpose: String,
    pub provider: String,
    pub accepted_us: i64,
    pub withdrawn_us: Option<i64>,
}

/// Returns every agreement of the person, the oldest first.
pub async fn all(db: &Db, owner: UserId) -> sqlx::Result<Vec<Given>> {
    const SELECT: &str = "SELECT purpose, provider, accepted_us, withdrawn_us FROM provider_consents WHERE owner = $1
        ORDER BY accepted_us, id";
    on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).fetch_all(pool).await)
}

/// Returns when the person agreed to this service for this purpose; `None`: not, or not any more.
pub async fn given(db: &Db, owner: UserId, purpose: &str, provider: &str) -> sqlx::Result<Option<i64>> {
    const SELECT: &str = "SELECT accepted_us FROM provider_consents WHERE owner = $1 AND purpose = $2 AND provider = $3
        AND withdrawn_us IS NULL ORDER BY accepted_us DESC LIMIT 1";
    on!(db, pool => sqlx::query_scalar(SELECT).bind(owner.0).bind(purpose).bind(provider).fetch_optional(pool).await)
}

/// Stores that the person agrees. One who has agreed already has.
pub async fn accept(db: &Db, owner: UserId, purpose: &str, provider: &str) -> sqlx::Result<()> {
    if given(db, owner, purpose, provider).await?.is_some() {
        return Ok(());
    }
    const INSERT: &str =
        "INSERT INTO provider_consents (id, owner, purpose, provider, accepted_us) VALUES ($1, $2, $3, $4, $5)";
    on!(db, pool => sqlx::query(INSERT).bind(Uuid::now_v7()).bind(owner.0).bind(purpose).bind(provider).bind(now_us())
        .execute(pool).await.map(drop))
}

/// Withdraws every agreement of the person for this purpose. Returns how many there were.
pub async fn withdraw(db: &Db, owner: UserId, purpose: &str) -> sqlx::Result<u64> {
    const UPDATE: &str =
        "UPDATE provider_consents SET withdrawn_us = $3 WHERE owner = $1 AND purpose = $2 AND withdrawn_us IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(owner.0).bind(purpose).bind(now_us()).execute(pool).await?.rows_affected()))
}
