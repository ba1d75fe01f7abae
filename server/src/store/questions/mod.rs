//! Queries on questions: the bank's, a person's own, and sets of both.

pub mod own;
pub mod set_links;
pub mod sets;

use super::{Db, in_transaction, on};
use crate::session::questions::{CLASSICS, Family, Seed};
use coach_core::UserId;
use serde::Serialize;

/// A question that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct Question {
    pub id: String,
    pub family: Family,
    pub text: String,
    /// Suggested length of an answer.
    pub suggested_ms: i64,
    /// Advice on how to answer; empty: there is none.
    pub tip: String,
    /// The role or company that an own question is for, as its owner notes it.
    pub label: Option<String>,
    /// Whether the person wrote it; the others are of the bank.
    pub own: bool,
    /// Whether it is one of those that are asked almost everywhere.
    pub classic: bool,
}

/// Seeds the bank: updates changed texts and retires questions that are no longer in the bank.
pub async fn seed(db: &Db, bank: &[Seed]) -> sqlx::Result<()> {
    const RETIRE: &str = "UPDATE questions SET retired = $1 WHERE owner IS NULL";
    const UPSERT: &str = "INSERT INTO questions (id, owner, family, position, text, suggested_ms, tip, retired)
        VALUES ($1, NULL, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET family = excluded.family, position = excluded.position, text = excluded.text,
            suggested_ms = excluded.suggested_ms, tip = excluded.tip, retired = excluded.retired";
    in_transaction!(db, tx => {
        sqlx::query(RETIRE).bind(true).execute(&mut *tx).await?;
        for (position, question) in (0i32..).zip(bank) {
            sqlx::query(UPSERT).bind(question.id).bind(question.family.as_str()).bind(position).bind(question.text)
                .bind(question.suggested_s * 1000).bind(question.tip).bind(false).execute(&mut *tx).await?;
        }
        Ok(())
    })
}

/// Returns every question that the person may choose: the bank's in its order, then their own, the oldest first.
pub async fn list(db: &Db, viewer: UserId) -> sqlx::Result<Vec<Question>> {
    const SELECT: &str = "SELECT id, family, text, suggested_ms, tip, label, owner IS NOT NULL AS own,
        owner IS NULL AND position < $2 AS classic FROM questions
        WHERE (owner IS NULL OR owner = $1) AND NOT retired ORDER BY own, position, created_us, id";
    on!(db, pool => sqlx::query_as(SELECT).bind(viewer.0).bind(CLASSICS).fetch_all(pool).await)
}
