//! Queries on what the owner of a session corrected of its words.

use crate::clock::now_us;
use crate::store::jobs::{self, NewJob};
use crate::store::{Db, in_transaction, on};
use coach_core::{SessionId, UserId};
use serde::Serialize;
use uuid::Uuid;

/// The text that the owner gave a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema, sqlx_macros::FromRow)]
#[schema(as = Correction)]
pub struct Correction {
    /// The start of the phrase, media time.
    pub start_ms: i64,
    pub text: String,
}

/// Stores the text of a phrase, in the place of an earlier one, and enqueues the job that scores the session again. Returns false when
/// the session is not theirs.
pub async fn set(
    db: &Db,
    owner: UserId,
    session: SessionId,
    correction: &Correction,
    job: NewJob<'_>,
) -> sqlx::Result<bool> {
    const UPSERT: &str = "INSERT INTO corrections (session, owner, start_ms, text, created_us)
        SELECT id, owner, $3, $4, $5 FROM sessions WHERE id = $1 AND owner = $2 AND state <> 'deleted'
        ON CONFLICT (session, start_ms) DO UPDATE SET text = excluded.text, created_us = excluded.created_us";
    in_transaction!(db, tx => {
        let stored = sqlx::query(UPSERT).bind(session.0).bind(owner.0).bind(correction.start_ms).bind(&correction.text)
            .bind(now_us()).execute(&mut *tx).await?.rows_affected() == 1;
        if stored {
            jobs::insert!(Uuid::now_v7(), job, "").execute(&mut *tx).await?;
        }
        Ok(stored)
    })
}

/// Deletes the correction of a phrase, and enqueues the job that scores the session again. Returns false when there is none.
pub async fn delete(db: &Db, owner: UserId, session: SessionId, start_ms: i64, job: NewJob<'_>) -> sqlx::Result<bool> {
    const DELETE: &str = "DELETE FROM corrections WHERE session = $1 AND owner = $2 AND start_ms = $3";
    in_transaction!(db, tx => {
        let gone = sqlx::query(DELETE).bind(session.0).bind(owner.0).bind(start_ms).execute(&mut *tx).await?.rows_affected() == 1;
        if gone {
            jobs::insert!(Uuid::now_v7(), job, "").execute(&mut *tx).await?;
        }
        Ok(gone)
    })
}

/// Returns the corrections of a session in order of time.
pub async fn list(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<Vec<Correction>> {
    const SELECT: &str = "SELECT start_ms, text FROM corrections WHERE session = $1 AND owner = $2 ORDER BY start_ms";
    on!(db, pool => sqlx::query_as(SELECT).bind(session.0).bind(owner.0).fetch_all(pool).await)
}
