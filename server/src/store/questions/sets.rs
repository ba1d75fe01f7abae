//! Queries on ordered sets of questions.

use crate::clock::now_us;
use crate::store::{Db, in_transaction, on};
use coach_core::UserId;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Sets of one person at most.
pub const SETS_MAX: i64 = 100;

/// A set as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QuestionSet {
    pub id: Uuid,
    pub name: String,
    /// Ids of its questions, in their order.
    pub questions: Vec<String>,
    /// Microseconds since 1970 (UTC).
    pub updated_us: i64,
}

/// What became of a set that was to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// Its id.
    Done(Uuid),
    /// There is no such set of the person.
    Unknown,
    /// The person cannot choose this question.
    NoQuestion(String),
    /// The person has [`SETS_MAX`].
    Full,
}

/// Adds the set's row and evaluates to whether the owner may have one more.
macro_rules! insert_set {
    ($tx:expr, $id:expr, $owner:expr, $name:expr) => {
        sqlx::query(
            "INSERT INTO question_sets (id, owner, name, created_us, updated_us)
            SELECT $1, u.id, $3, $4, $4 FROM users u WHERE u.id = $2
            AND (SELECT COUNT(*) FROM question_sets WHERE owner = $2) < $5",
        )
        .bind($id)
        .bind($owner.0)
        .bind($name)
        .bind(now_us())
        .bind(crate::store::questions::sets::SETS_MAX)
        .execute(&mut *$tx)
        .await?
        .rows_affected()
            == 1
    };
}
/// Adds a question at the end of a set and evaluates to whether its owner can choose it.
macro_rules! insert_item {
    ($tx:expr, $set:expr, $owner:expr, $position:expr, $question:expr) => {
        sqlx::query(
            "INSERT INTO question_set_items (question_set, owner, position, question)
            SELECT $1, $2, $3, q.id FROM questions q WHERE q.id = $4 AND (q.owner IS NULL OR q.owner = $2) AND NOT q.retired",
        )
        .bind($set)
        .bind($owner.0)
        .bind($position)
        .bind($question)
        .execute(&mut *$tx)
        .await?
        .rows_affected()
            == 1
    };
}
pub(super) use {insert_item, insert_set};

/// Makes a set (`id` is `None`) or writes one anew.
pub async fn write(
    db: &Db,
    owner: UserId,
    id: Option<Uuid>,
    name: &str,
    questions: &[String],
) -> sqlx::Result<Written> {
    const RENAME: &str = "UPDATE question_sets SET name = $3, updated_us = $4 WHERE id = $1 AND owner = $2";
    const EMPTY: &str = "DELETE FROM question_set_items WHERE question_set = $1 AND owner = $2";
    // A set that holds what its owner cannot choose is rolled back: the error says so, and is none of the database's.
    let mut refused = None;
    let set = id.unwrap_or_else(Uuid::now_v7);
    let done: sqlx::Result<Written> = in_transaction!(db, tx => {
        if id.is_none() {
            if !insert_set!(tx, set, owner, name) {
                return Ok(Written::Full);
            }
        } else {
            let renamed = sqlx::query(RENAME).bind(set).bind(owner.0).bind(name).bind(now_us()).execute(&mut *tx).await?;
            if renamed.rows_affected() == 0 {
                return Ok(Written::Unknown);
            }
            sqlx::query(EMPTY).bind(set).bind(owner.0).execute(&mut *tx).await?;
        }
        for (position, question) in (0i32..).zip(questions) {
            if !insert_item!(tx, set, owner, position, question) {
                refused = Some(question.clone());
                return Err(sqlx::Error::RowNotFound);
            }
        }
        Ok(Written::Done(set))
    });
    match (done, refused) {
        (Err(sqlx::Error::RowNotFound), Some(question)) => Ok(Written::NoQuestion(question)),
        (done, _) => done,
    }
}

/// Returns the person's sets, the oldest first. Questions that left the bank are left out.
pub async fn list(db: &Db, owner: UserId) -> sqlx::Result<Vec<QuestionSet>> {
    const SETS: &str = "SELECT id, name, updated_us FROM question_sets WHERE owner = $1 ORDER BY id";
    const ITEMS: &str = "SELECT i.question_set, i.question FROM question_set_items i
        JOIN questions q ON q.id = i.question WHERE i.owner = $1 AND NOT q.retired ORDER BY i.question_set, i.position";
    let sets: Vec<(Uuid, String, i64)> = on!(db, pool => sqlx::query_as(SETS).bind(owner.0).fetch_all(pool).await?);
    let items: Vec<(Uuid, String)> = on!(db, pool => sqlx::query_as(ITEMS).bind(owner.0).fetch_all(pool).await?);
    let mut of: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (set, question) in items {
        of.entry(set).or_default().push(question);
    }
    let set =
        |(id, name, updated_us)| QuestionSet { id, name, questions: of.remove(&id).unwrap_or_default(), updated_us };
    Ok(sets.into_iter().map(set).collect())
}

/// Deletes a set with its links; its questions stay. Returns whether it was the person's.
pub async fn delete(db: &Db, owner: UserId, id: Uuid) -> sqlx::Result<bool> {
    const DELETE: &str = "DELETE FROM question_sets WHERE id = $1 AND owner = $2";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(id).bind(owner.0).execute(pool).await?.rows_affected() == 1))
}
