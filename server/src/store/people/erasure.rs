//! Queries on people who asked that everything be deleted: it is done a day later, and can be taken back until then.

use crate::store::{Db, in_transaction, on};
use coach_core::{SessionId, UserId};
use uuid::Uuid;

/// Returns when the person asked; `None`: they did not, or took it back.
pub async fn asked(db: &Db, owner: UserId) -> sqlx::Result<Option<i64>> {
    const SELECT: &str = "SELECT erase_asked_us FROM users WHERE id = $1";
    on!(db, pool => Ok(sqlx::query_scalar::<_, Option<i64>>(SELECT).bind(owner.0).fetch_optional(pool).await?.flatten()))
}

/// Notes that the person asks now. Who asked before is not given another day.
pub async fn ask(db: &Db, owner: UserId, now_us: i64) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE users SET erase_asked_us = COALESCE(erase_asked_us, $2) WHERE id = $1";
    on!(db, pool => sqlx::query(UPDATE).bind(owner.0).bind(now_us).execute(pool).await.map(drop))
}

/// Takes it back. Returns whether the person had asked.
pub async fn take_back(db: &Db, owner: UserId) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE users SET erase_asked_us = NULL WHERE id = $1 AND erase_asked_us IS NOT NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(owner.0).execute(pool).await?.rows_affected() == 1))
}

/// Returns the people who asked at `asked_us` or earlier, and when.
pub async fn all_owners_due(db: &Db, asked_us: i64) -> sqlx::Result<Vec<(UserId, i64)>> {
    const SELECT: &str = "SELECT id, erase_asked_us FROM users WHERE erase_asked_us <= $1 ORDER BY erase_asked_us";
    let rows: Vec<(Uuid, i64)> = on!(db, pool => sqlx::query_as(SELECT).bind(asked_us).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|(id, asked)| (UserId(id), asked)).collect())
}

/// Returns the person's sessions that were made at `until_us` or earlier.
pub async fn sessions(db: &Db, owner: UserId, until_us: i64) -> sqlx::Result<Vec<SessionId>> {
    const SELECT: &str =
        "SELECT id FROM sessions WHERE owner = $1 AND created_us <= $2 AND state <> 'deleted' ORDER BY id";
    let rows: Vec<Uuid> =
        on!(db, pool => sqlx::query_scalar(SELECT).bind(owner.0).bind(until_us).fetch_all(pool).await?);
    Ok(rows.into_iter().map(SessionId).collect())
}

/// Deletes the questions and sets that the person wrote at `until_us` or earlier, and notes that all is done.
pub async fn finish(db: &Db, owner: UserId, until_us: i64) -> sqlx::Result<()> {
    const DONE: &str = "UPDATE users SET erase_asked_us = NULL WHERE id = $1 AND erase_asked_us = $2";
    in_transaction!(db, tx => {
        for delete in ["DELETE FROM question_sets WHERE owner = $1 AND created_us <= $2",
            "DELETE FROM questions WHERE owner = $1 AND created_us <= $2"] {
            sqlx::query(delete).bind(owner.0).bind(until_us).execute(&mut *tx).await?;
        }
        sqlx::query(DONE).bind(owner.0).bind(until_us).execute(&mut *tx).await?;
        Ok(())
    })
}
