//! Queries on links to sets: whoever has the secret reads the set and takes a copy.

use super::own::{self, Written};
use super::sets;
use crate::clock::now_us;
use crate::secret;
use crate::session::questions::Family;
use crate::store::{Db, in_transaction, on};
use coach_core::UserId;
use serde::Serialize;
use uuid::Uuid;

/// Links of one set at most that are in force.
pub const LINKS_MAX: i64 = 20;

/// A link as the owner of the set sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct QuestionSetLink {
    pub id: Uuid,
    /// Microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Microseconds since 1970 (UTC).
    pub expires_us: i64,
    /// How often a copy was taken.
    pub copies: i32,
}

/// A question as whoever has the link sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
pub struct SharedQuestion {
    /// `null`: the owner of the set wrote it.
    pub id: Option<String>,
    pub family: Family,
    pub text: String,
    /// Suggested length of an answer.
    pub suggested_ms: i64,
    /// Advice on how to answer; empty: there is none.
    pub tip: String,
    /// The role or company that it is for.
    pub label: Option<String>,
}

/// A set as whoever has the link sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharedSet {
    pub name: String,
    /// Who shows it; `null`: they have no name here.
    pub owner_name: Option<String>,
    /// Its questions, in their order.
    pub questions: Vec<SharedQuestion>,
}

/// What became of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// The id of the new set.
    Done(Uuid),
    /// No link in force has this secret.
    NoLink,
    /// The person has as many sets or questions as one can have.
    Full,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    question_set: Uuid,
    owner: Uuid,
    name: String,
    owner_name: Option<String>,
}

/// The set of a link in force, found by the hash of its secret. Those whose owner's account is disabled show nothing.
const FIND: &str = "SELECT l.id, l.question_set, l.owner, s.name, u.name AS owner_name FROM question_set_links l
    JOIN question_sets s ON s.id = l.question_set JOIN users u ON u.id = l.owner
    WHERE l.hash = $1 AND l.expires_us > $2 AND u.disabled_us IS NULL";
/// Its questions. An id is told of the bank's alone: another person's has no meaning elsewhere.
const QUESTIONS: &str =
    "SELECT CASE WHEN q.owner IS NULL THEN q.id END AS id, q.family, q.text, q.suggested_ms, q.tip, q.label
    FROM question_set_items i JOIN questions q ON q.id = i.question
    WHERE i.question_set = $1 AND i.owner = $2 AND NOT q.retired ORDER BY i.position";

/// Makes a link of 256 random bits. Returns its id and the secret, which cannot be read again; `None`: the set is not the owner's, or
/// has [`LINKS_MAX`] links.
pub async fn make(db: &Db, owner: UserId, set: Uuid, expires_us: i64) -> sqlx::Result<Option<(Uuid, String)>> {
    const INSERT: &str =
        "INSERT INTO question_set_links (id, question_set, owner, hash, created_us, expires_us, copies)
        SELECT $1, id, owner, $4, $5, $6, 0 FROM question_sets WHERE id = $2 AND owner = $3
        AND (SELECT COUNT(*) FROM question_set_links WHERE question_set = $2 AND owner = $3 AND expires_us > $5) < $7";
    let (id, secret) = (Uuid::now_v7(), secret::generate());
    let made = on!(db, pool => sqlx::query(INSERT).bind(id).bind(set).bind(owner.0).bind(secret::hash(&secret)).bind(now_us())
        .bind(expires_us).bind(LINKS_MAX).execute(pool).await?.rows_affected());
    Ok((made == 1).then_some((id, secret)))
}

/// Returns the links of a set that are in force, the newest first.
pub async fn list(db: &Db, owner: UserId, set: Uuid) -> sqlx::Result<Vec<QuestionSetLink>> {
    const SELECT: &str = "SELECT id, created_us, expires_us, copies FROM question_set_links
        WHERE question_set = $1 AND owner = $2 AND expires_us > $3 ORDER BY id DESC";
    on!(db, pool => sqlx::query_as(SELECT).bind(set).bind(owner.0).bind(now_us()).fetch_all(pool).await)
}

/// Ends a link. Returns whether it was the owner's.
pub async fn end(db: &Db, owner: UserId, set: Uuid, id: Uuid) -> sqlx::Result<bool> {
    const DELETE: &str = "DELETE FROM question_set_links WHERE id = $1 AND question_set = $2 AND owner = $3";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(id).bind(set).bind(owner.0).execute(pool).await?.rows_affected() == 1))
}

/// Returns the set that a secret shows; `None`: no link in force has it. It is looked up by its hash, so the time of the look-up reveals
/// nothing about the secret.
pub async fn open(db: &Db, secret: &str) -> sqlx::Result<Option<SharedSet>> {
    let found: Option<Row> =
        on!(db, pool => sqlx::query_as(FIND).bind(secret::hash(secret)).bind(now_us()).fetch_optional(pool).await?);
    let Some(row) = found else { return Ok(None) };
    let questions =
        on!(db, pool => sqlx::query_as(QUESTIONS).bind(row.question_set).bind(row.owner).fetch_all(pool).await?);
    Ok(Some(SharedSet { name: row.name, owner_name: row.owner_name, questions }))
}

/// Copies the set that a secret shows for another person: its name, its order, and each question that its owner wrote.
pub async fn copy(db: &Db, viewer: UserId, secret: &str) -> sqlx::Result<Copied> {
    const COUNT: &str = "UPDATE question_set_links SET copies = copies + 1 WHERE id = $1 AND owner = $2";
    let (set, mut full) = (Uuid::now_v7(), false);
    let done: sqlx::Result<Copied> = in_transaction!(db, tx => {
        let found: Option<Row> =
            sqlx::query_as(FIND).bind(secret::hash(secret)).bind(now_us()).fetch_optional(&mut *tx).await?;
        let Some(row) = found else { return Ok(Copied::NoLink) };
        if !sets::insert_set!(tx, set, viewer, &row.name) {
            return Ok(Copied::Full);
        }
        let questions: Vec<SharedQuestion> =
            sqlx::query_as(QUESTIONS).bind(row.question_set).bind(row.owner).fetch_all(&mut *tx).await?;
        for (position, question) in (0i32..).zip(questions) {
            let id = match question.id {
                Some(id) => id,
                None => {
                    let SharedQuestion { family, text, suggested_ms, tip, label, .. } = question;
                    let (id, new) = (own::new_id(), Written { family, text, suggested_ms, tip, label });
                    if own::insert!(&id, viewer, new).execute(&mut *tx).await?.rows_affected() == 0 {
                        full = true;
                        return Err(sqlx::Error::RowNotFound);
                    }
                    id
                }
            };
            let _kept = sets::insert_item!(tx, set, viewer, position, &id);
        }
        sqlx::query(COUNT).bind(row.id).bind(row.owner).execute(&mut *tx).await?;
        Ok(Copied::Done(set))
    });
    match done {
        Err(sqlx::Error::RowNotFound) if full => Ok(Copied::Full),
        done => done,
    }
}
