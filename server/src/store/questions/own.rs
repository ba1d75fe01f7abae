//! Queries on the questions that a person wrote.

use crate::clock::now_us;
use crate::session::questions::Family;
use crate::store::{Db, on};
use coach_core::UserId;
use uuid::Uuid;

/// Own questions of one person at most.
pub const QUESTIONS_MAX: i64 = 500;

/// What an own question says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub family: Family,
    pub text: String,
    pub suggested_ms: i64,
    /// Advice on how to answer; may be empty.
    pub tip: String,
    /// The role or company that it is for.
    pub label: Option<String>,
}

/// Returns a new id of an own question.
pub(super) fn new_id() -> String {
    format!("own-{}", Uuid::now_v7().simple())
}

/// The statement that adds an own question while there are fewer than the last parameter, and how it is bound.
macro_rules! insert {
    ($id:expr, $owner:expr, $new:expr) => {
        sqlx::query(
            "INSERT INTO questions (id, owner, family, position, text, suggested_ms, tip, retired, label, created_us)
            SELECT $1, u.id, $3, 0, $4, $5, $6, FALSE, $7, $8 FROM users u WHERE u.id = $2
            AND (SELECT COUNT(*) FROM questions WHERE owner = $2) < $9",
        )
        .bind($id)
        .bind($owner.0)
        .bind($new.family.as_str())
        .bind(&$new.text)
        .bind($new.suggested_ms)
        .bind(&$new.tip)
        .bind(&$new.label)
        .bind(now_us())
        .bind(crate::store::questions::own::QUESTIONS_MAX)
    };
}
pub(super) use insert;

/// Adds a question. Returns its id; `None`: the person has [`QUESTIONS_MAX`].
pub async fn add(db: &Db, owner: UserId, new: &Written) -> sqlx::Result<Option<String>> {
    let id = new_id();
    let added = on!(db, pool => insert!(&id, owner, new).execute(pool).await?.rows_affected());
    Ok((added == 1).then_some(id))
}

/// Changes what a question says. Returns whether it is the person's. Sessions keep the question as it was asked.
pub async fn change(db: &Db, owner: UserId, id: &str, new: &Written) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE questions SET family = $3, text = $4, suggested_ms = $5, tip = $6, label = $7
        WHERE id = $1 AND owner = $2";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(owner.0).bind(new.family.as_str()).bind(&new.text)
        .bind(new.suggested_ms).bind(&new.tip).bind(&new.label).execute(pool).await?.rows_affected() == 1))
}

/// Deletes a question, also from the sets that hold it. Returns whether it was the person's.
pub async fn delete(db: &Db, owner: UserId, id: &str) -> sqlx::Result<bool> {
    const DELETE: &str = "DELETE FROM questions WHERE id = $1 AND owner = $2";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(id).bind(owner.0).execute(pool).await?.rows_affected() == 1))
}
