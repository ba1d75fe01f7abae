//! Queries on consents: who agreed to which text, and when.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::UserId;
use serde::Serialize;
use uuid::Uuid;

/// A consent that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct Consent {
    pub version: String,
    pub accepted_us: i64,
}

/// Returns the newest consent that was not withdrawn.
pub async fn latest(db: &Db, owner: UserId) -> sqlx::Result<Option<Consent>> {
    const SELECT: &str = "SELECT version, accepted_us FROM consents WHERE owner = $1 AND withdrawn_us IS NULL
        ORDER BY accepted_us DESC, id DESC LIMIT 1";
    on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).fetch_optional(pool).await)
}

/// A consent as it was given, and when it was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow)]
pub struct Given {
    pub version: String,
    pub accepted_us: i64,
    /// `None`: it was not withdrawn.
    pub withdrawn_us: Option<i64>,
}

/// Returns every consent of the person, the oldest first.
pub async fn all(db: &Db, owner: UserId) -> sqlx::Result<Vec<Given>> {
    const SELECT: &str =
        "SELECT version, accepted_us, withdrawn_us FROM consents WHERE owner = $1 ORDER BY accepted_us, id";
    on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).fetch_all(pool).await)
}

/// Inserts a consent; every one is kept.
pub async fn accept(db: &Db, owner: UserId, version: &str) -> sqlx::Result<Consent> {
    const INSERT: &str = "INSERT INTO consents (id, owner, version, accepted_us) VALUES ($1, $2, $3, $4)
        RETURNING version, accepted_us";
    on!(db, pool => sqlx::query_as(INSERT).bind(Uuid::now_v7()).bind(owner.0).bind(version).bind(now_us()).fetch_one(pool).await)
}

/// Withdraws every consent of the person. Returns how many there were.
pub async fn withdraw(db: &Db, owner: UserId) -> sqlx::Result<u64> {
    const UPDATE: &str = "UPDATE consents SET withdrawn_us = $2 WHERE owner = $1 AND withdrawn_us IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(owner.0).bind(now_us()).execute(pool).await?.rows_affected()))
}
