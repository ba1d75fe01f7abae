//! Queries on comments: what the owner, people whom they named and guests say about a session.

use crate::clock::now_us;
use crate::store::jobs::{self, NewJob};
use crate::store::{Db, in_transaction, on};
use coach_core::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Comments of one session at most.
pub const COMMENTS_MAX: i64 = 500;
/// Comments of one guest, or of one person but the owner, on one session at most.
pub const EACH_MAX: i64 = 100;

/// Who writes or reads comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    Person(UserId),
    /// A guest, by their visit.
    Guest(Uuid),
}

impl Writer {
    fn person(self) -> Option<Uuid> {
        match self {
            Writer::Person(user) => Some(user.0),
            Writer::Guest(_) => None,
        }
    }

    fn visit(self) -> Option<Uuid> {
        match self {
            Writer::Person(_) => None,
            Writer::Guest(visit) => Some(visit),
        }
    }
}

/// As what somebody wrote a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    /// Whose session it is.
    Owner,
    /// Somebody with an account.
    Person,
    /// Somebody who opened a link; the name is their own word.
    Guest,
}

/// A comment as pages see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Comment {
    pub id: Uuid,
    /// The comment that it answers; `null`: none.
    pub reply_to: Option<Uuid>,
    /// Where it begins, media time; `null`: it is about the whole session, or a reply.
    pub start_ms: Option<i64>,
    /// Where it ends; `null`: it is about one moment.
    pub end_ms: Option<i64>,
    pub text: String,
    pub author_name: String,
    pub by: AuthorKind,
    /// Whether whoever asks wrote it.
    pub own: bool,
    /// Microseconds since 1970 (UTC).
    pub created_us: i64,
    /// When it was marked as settled: microseconds since 1970 (UTC); `null`: it is not.
    pub resolved_us: Option<i64>,
    /// Whether it was deleted and stays, without text and name, for the replies to it.
    pub deleted: bool,
}

/// A comment to add.
#[derive(Debug, Clone)]
pub struct NewComment {
    pub writer: Writer,
    pub author_name: String,
    pub reply_to: Option<Uuid>,
    pub start_ms: Option<i64>,
    pub end_ms: Option<i64>,
    pub text: String,
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    Done(Uuid),
    /// The session is gone, or it has no such comment to reply to.
    Unknown,
    /// The session has [`COMMENTS_MAX`].
    Full,
    /// The writer has [`EACH_MAX`] there.
    Enough,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    owner: Uuid,
    author: Option<Uuid>,
    visit: Option<Uuid>,
    author_name: String,
    reply_to: Option<Uuid>,
    start_ms: Option<i64>,
    end_ms: Option<i64>,
    text: String,
    created_us: i64,
    resolved_us: Option<i64>,
    deleted_us: Option<i64>,
}

impl Row {
    fn seen_by(self, reader: Writer) -> Comment {
        let own = match reader {
            Writer::Person(user) => self.author == Some(user.0),
            Writer::Guest(visit) => self.visit == Some(visit),
        };
        let deleted = self.deleted_us.is_some();
        let by = match self.author {
            Some(author) if author == self.owner => AuthorKind::Owner,
            Some(_) => AuthorKind::Person,
            None => AuthorKind::Guest,
        };
        Comment {
            id: self.id,
            reply_to: self.reply_to,
            start_ms: self.start_ms,
            end_ms: self.end_ms,
            text: self.text,
            author_name: self.author_name,
            by,
            own: own && !deleted,
            created_us: self.created_us,
            resolved_us: self.resolved_us,
            deleted,
        }
    }
}

/// Returns the number under which comments on a session are added and deleted one at a time.
fn turn(session: SessionId) -> i64 {
    // The random half of the session's id: any number of its own will do.
    session.0.as_u64_pair().1.cast_signed()
}

/// Adds a comment. `tell` makes the webhook's job for it, which is enqueued in the same transaction.
pub async fn add(
    db: &Db,
    owner: UserId,
    session: SessionId,
    new: NewComment,
    tell: impl FnOnce(Uuid) -> Option<NewJob<'static>>,
) -> sqlx::Result<Added> {
    const COUNT: &str = "SELECT COUNT(*) FROM comments WHERE session = $1 AND owner = $2";
    const OF_WRITER: &str =
        "SELECT COUNT(*) FROM comments WHERE session = $1 AND owner = $2 AND author <> owner AND author = $3";
    const OF_VISIT: &str = "SELECT COUNT(*) FROM comments WHERE session = $1 AND owner = $2 AND visit = $3";
    const INSERT: &str =
        "INSERT INTO comments (id, session, owner, author, visit, author_name, reply_to, start_ms, end_ms, text,
        created_us) SELECT $1, id, owner, $4, $5, $6, $7, $8, $9, $10, $11 FROM sessions
        WHERE id = $2 AND owner = $3 AND state <> 'deleted' AND ($12 = 0 OR EXISTS (SELECT 1 FROM comments
        WHERE id = $7 AND session = $2 AND owner = $3 AND reply_to IS NULL AND deleted_us IS NULL))";
    let id = Uuid::now_v7();
    let job = tell(id);
    let (of_writer, writer) = match new.writer {
        Writer::Person(user) => (OF_WRITER, user.0),
        Writer::Guest(visit) => (OF_VISIT, visit),
    };
    in_transaction!(db, tx => {
        sqlx::query(db.one_at_a_time()).bind(turn(session)).execute(&mut *tx).await?;
        let all: i64 = sqlx::query_scalar(COUNT).bind(session.0).bind(owner.0).fetch_one(&mut *tx).await?;
        if all >= COMMENTS_MAX {
            return Ok(Added::Full);
        }
        let own: i64 =
            sqlx::query_scalar(of_writer).bind(session.0).bind(owner.0).bind(writer).fetch_one(&mut *tx).await?;
        if own >= EACH_MAX {
            return Ok(Added::Enough);
        }
        let made = sqlx::query(INSERT).bind(id).bind(session.0).bind(owner.0).bind(new.writer.person())
            .bind(new.writer.visit()).bind(&new.author_name).bind(new.reply_to).bind(new.start_ms).bind(new.end_ms)
            .bind(&new.text).bind(now_us()).bind(i64::from(new.reply_to.is_some())).execute(&mut *tx).await?.rows_affected();
        if made == 0 {
            return Ok(Added::Unknown);
        }
        if let Some(job) = job {
            jobs::insert!(Uuid::now_v7(), job, "").execute(&mut *tx).await?;
        }
        Ok(Added::Done(id))
    })
}

/// Returns the comments on a session in the order in which they were written.
pub async fn list(db: &Db, owner: UserId, session: SessionId, reader: Writer) -> sqlx::Result<Vec<Comment>> {
    const SELECT: &str =
        "SELECT id, owner, author, visit, author_name, reply_to, start_ms, end_ms, text, created_us, resolved_us,
        deleted_us FROM comments WHERE owner = $1 AND session = $2 ORDER BY created_us, id";
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(session.0).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|row| row.seen_by(reader)).collect())
}

/// Deletes a comment: the owner of the session any, others their own. One with replies loses its text and its name, and goes with the
/// last reply. Returns whether there was one.
pub async fn delete(db: &Db, owner: UserId, session: SessionId, id: Uuid, by: Writer) -> sqlx::Result<bool> {
    const CLEAR: &str = "UPDATE comments SET text = '', author_name = '', resolved_us = NULL, deleted_us = $6
        WHERE id = $1 AND session = $2 AND owner = $3 AND (owner = $4 OR author = $4 OR visit = $5) AND deleted_us IS NULL
        AND EXISTS (SELECT 1 FROM comments reply WHERE reply.reply_to = comments.id)";
    const DELETE: &str = "DELETE FROM comments WHERE id = $1 AND session = $2 AND owner = $3
        AND (owner = $4 OR author = $4 OR visit = $5) AND deleted_us IS NULL";
    const SWEEP: &str = "DELETE FROM comments WHERE session = $1 AND owner = $2 AND deleted_us IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM comments reply WHERE reply.reply_to = comments.id)";
    in_transaction!(db, tx => {
        sqlx::query(db.one_at_a_time()).bind(turn(session)).execute(&mut *tx).await?;
        let cleared = sqlx::query(CLEAR).bind(id).bind(session.0).bind(owner.0).bind(by.person()).bind(by.visit())
            .bind(now_us()).execute(&mut *tx).await?.rows_affected();
        if cleared > 0 {
            return Ok(true);
        }
        let gone = sqlx::query(DELETE).bind(id).bind(session.0).bind(owner.0).bind(by.person()).bind(by.visit())
            .execute(&mut *tx).await?.rows_affected();
        sqlx::query(SWEEP).bind(session.0).bind(owner.0).execute(&mut *tx).await?;
        Ok(gone > 0)
    })
}

/// Deletes every comment on a session. Returns how many there were.
pub async fn delete_all(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<u64> {
    const DELETE: &str = "DELETE FROM comments WHERE session = $1 AND owner = $2";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(session.0).bind(owner.0).execute(pool).await?.rows_affected()))
}

/// Marks a comment as settled, or as open again: the owner of the session any, others their own. Returns whether there was one.
pub async fn resolve(
    db: &Db,
    owner: UserId,
    session: SessionId,
    id: Uuid,
    by: UserId,
    at_us: Option<i64>,
) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE comments SET resolved_us = $5 WHERE id = $1 AND session = $2 AND owner = $3
        AND reply_to IS NULL AND deleted_us IS NULL AND (owner = $4 OR author = $4)";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(session.0).bind(owner.0).bind(by.0).bind(at_us).execute(pool).await?
        .rows_affected() == 1))
}
