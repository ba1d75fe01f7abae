//! Queries on jobs: work that outlives a request, claimed under a lease and retried with growing pauses.

use super::{Db, on};
use crate::clock::now_us;
use crate::session::state::State;
use coach_core::{SessionId, UserId};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use uuid::Uuid;

/// Pause after the first failure, microseconds. Each further one is twice as long, up to [`MAX_PAUSE_US`].
pub const FIRST_PAUSE_US: i64 = 2_000_000;
pub const MAX_PAUSE_US: i64 = 600_000_000;

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    pub kind: &'a str,
    pub owner: Option<UserId>,
    pub session: Option<SessionId>,
    pub payload: Value,
    /// Jobs of a smaller number are claimed first.
    pub priority: i32,
    pub max_attempts: i32,
    pub run_at_us: i64,
}

impl<'a> NewJob<'a> {
    /// Returns a job of a session that is due at once and has eight attempts.
    pub fn of_session(kind: &'a str, owner: UserId, session: SessionId) -> NewJob<'a> {
        NewJob {
            kind,
            owner: Some(owner),
            session: Some(session),
            payload: Value::Null,
            priority: 0,
            max_attempts: 8,
            run_at_us: now_us(),
        }
    }
}

/// A job that this worker holds until its lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub id: Uuid,
    pub kind: String,
    pub owner: Option<UserId>,
    pub session: Option<SessionId>,
    pub payload: Value,
    /// Number of attempts, the current one included.
    pub attempts: i32,
    pub max_attempts: i32,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    owner: Option<Uuid>,
    session: Option<Uuid>,
    payload: Json<Value>,
    attempts: i32,
    max_attempts: i32,
}

impl From<Row> for Claimed {
    fn from(row: Row) -> Claimed {
        Claimed {
            id: row.id,
            kind: row.kind,
            owner: row.owner.map(UserId),
            session: row.session.map(SessionId),
            payload: row.payload.0,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
        }
    }
}

/// Builds the query that inserts a [`NewJob`] under this id, in a database or a transaction; `$more` is appended to its text.
macro_rules! insert {
    ($id:expr, $job:expr, $more:literal) => {
        sqlx::query(concat!(
            "INSERT INTO jobs (id, owner, session, kind, payload, state, priority, attempts, max_attempts, run_at_us, created_us)
                VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, $7, $8, $9) ",
            $more
        ))
        .bind($id)
        .bind($job.owner.map(|owner| owner.0))
        .bind($job.session.map(|session| session.0))
        .bind($job.kind)
        .bind(sqlx::types::Json(&$job.payload))
        .bind($job.priority)
        .bind($job.max_attempts)
        .bind($job.run_at_us)
        .bind(crate::clock::now_us())
    };
}
pub(super) use insert;

/// Enqueues a job.
pub async fn enqueue(db: &Db, job: NewJob<'_>) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    on!(db, pool => insert!(id, job, "").execute(pool).await.map(drop)?);
    Ok(id)
}

/// Enqueues a job of a session unless one of its kind is queued or running. Returns the id of the new or the existing job.
/// Works for kinds that the schema has a unique index for.
pub async fn enqueue_once(db: &Db, job: NewJob<'_>) -> sqlx::Result<Uuid> {
    const SELECT: &str = "SELECT id FROM jobs WHERE session = $1 AND kind = $2 AND state IN ('queued', 'running')";
    loop {
        let id = Uuid::now_v7();
        let made =
            on!(db, pool => insert!(id, job, "ON CONFLICT DO NOTHING").execute(pool).await?.rows_affected() == 1);
        let found = match made {
            true => Some(id),
            false => on!(db, pool => sqlx::query_scalar(SELECT).bind(job.session.map(|s| s.0)).bind(job.kind)
                .fetch_optional(pool).await?),
        };
        // Neither inserted nor found: the other job ended in between.
        if let Some(id) = found {
            return Ok(id);
        }
    }
}

/// Deletes the jobs that wait to do for the same session what this one is about to do. Returns how many.
pub async fn absorb(db: &Db, job: &Claimed) -> sqlx::Result<u64> {
    const DELETE: &str =
        "DELETE FROM jobs WHERE session = $1 AND owner = $2 AND kind = $3 AND state = 'queued' AND id <> $4";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(job.session.map(|s| s.0)).bind(job.owner.map(|o| o.0)).bind(&job.kind).bind(job.id)
        .execute(pool).await?.rows_affected()))
}

/// Returns whether a job of this kind of the owner's session is queued or running.
pub async fn pending(db: &Db, owner: UserId, session: SessionId, kind: &str) -> sqlx::Result<bool> {
    const COUNT: &str =
        "SELECT COUNT(*) FROM jobs WHERE session = $1 AND owner = $2 AND kind = $3 AND state IN ('queued', 'running')";
    let n: i64 =
        on!(db, pool => sqlx::query_scalar(COUNT).bind(session.0).bind(owner.0).bind(kind).fetch_one(pool).await?);
    Ok(n > 0)
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Progress {
    /// `queued`, `running`, `done` or `dead`.
    pub state: String,
    /// The stage it is in; `None`: not started.
    pub stage: Option<String>,
    pub percent: Option<i32>,
    pub attempts: i32,
    pub last_error: Option<String>,
}

/// Returns the progress of the newest job of this kind of the owner's session.
pub async fn latest(db: &Db, owner: UserId, session: SessionId, kind: &str) -> sqlx::Result<Option<Progress>> {
    const SELECT: &str = "SELECT state, stage, percent, attempts, last_error FROM jobs
        WHERE session = $1 AND owner = $2 AND kind = $3 ORDER BY id DESC LIMIT 1";
    on!(db, pool => sqlx::query_as(SELECT).bind(session.0).bind(owner.0).bind(kind).fetch_optional(pool).await)
}

/// Claims the next job of these kinds that is due, or whose lease has run out, and holds it for `lease_us`. No two workers get
/// the same job.
pub async fn claim(db: &Db, worker: &str, kinds: &[&str], now: i64, lease_us: i64) -> sqlx::Result<Option<Claimed>> {
    let claim = format!(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, worker = $1, lease_until_us = $2, stage = NULL, percent = NULL
         WHERE id = (
            SELECT id FROM jobs WHERE (state = 'queued' OR (state = 'running' AND lease_until_us < $3))
                AND run_at_us <= $3 AND attempts < max_attempts AND kind IN ({})
            ORDER BY priority, run_at_us, id LIMIT 1 {})
         RETURNING id, kind, owner, session, payload, attempts, max_attempts",
        places(4, kinds.len()),
        db.skip_locked()
    );
    take(db, claim, worker, kinds, now, lease_us).await
}

/// Claims a job of these kinds whose lease ran out in its last attempt, so that it can be marked as dead. This ends jobs that
/// crash their workers.
pub async fn claim_fallen(
    db: &Db,
    worker: &str,
    kinds: &[&str],
    now: i64,
    lease_us: i64,
) -> sqlx::Result<Option<Claimed>> {
    let claim = format!(
        "UPDATE jobs SET worker = $1, lease_until_us = $2 WHERE id = (
            SELECT id FROM jobs WHERE state = 'running' AND lease_until_us < $3 AND attempts >= max_attempts AND kind IN ({})
            ORDER BY id LIMIT 1 {})
         RETURNING id, kind, owner, session, payload, attempts, max_attempts",
        places(4, kinds.len()),
        db.skip_locked()
    );
    take(db, claim, worker, kinds, now, lease_us).await
}

/// Runs a claim. The text of the query consists of constants.
async fn take(
    db: &Db,
    claim: String,
    worker: &str,
    kinds: &[&str],
    now: i64,
    lease_us: i64,
) -> sqlx::Result<Option<Claimed>> {
    let row = on!(db, pool => {
        let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(claim)).bind(worker).bind(now + lease_us).bind(now);
        for kind in kinds {
            query = query.bind(*kind);
        }
        query.fetch_optional(pool).await?
    });
    Ok(row.map(Claimed::from))
}

/// Returns placeholders (`$4, $5, …`) for `count` values, starting at a number.
fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// Renews the lease and stores the progress. Returns false when another worker has the job; the caller must stop then.
pub async fn renew(
    db: &Db,
    id: Uuid,
    worker: &str,
    until_us: i64,
    stage: Option<&str>,
    percent: i32,
) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE jobs SET lease_until_us = $3, stage = $4, percent = $5
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(worker).bind(until_us).bind(stage).bind(percent)
        .execute(pool).await?.rows_affected() == 1))
}

/// Identifies the worker that alone may write a job's results.
#[derive(Debug, Clone, Copy)]
pub struct Fence<'a> {
    pub job: Uuid,
    pub worker: &'a str,
}

/// Whether an attempt counts that did not end with the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Counts,
    NeverWas,
}

/// Returns a job of a stopping worker to the queue. Returns false when the worker no longer held it.
pub async fn release(db: &Db, id: Uuid, worker: &str, attempt: Attempt) -> sqlx::Result<bool> {
    const UPDATE: &str =
        "UPDATE jobs SET state = 'queued', attempts = attempts - $3, worker = NULL, lease_until_us = NULL,
        stage = NULL, percent = NULL WHERE id = $1 AND worker = $2 AND state = 'running'";
    let back = i32::from(attempt == Attempt::NeverWas);
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(worker).bind(back).execute(pool).await?.rows_affected() == 1))
}

/// Deletes a job that this worker holds and whose session was erased meanwhile, so that nothing of the session is kept.
const FORGET: &str = "DELETE FROM jobs WHERE id = $1 AND worker = $2 AND state = 'running'
    AND session IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.id = jobs.session)";

/// Marks a job as done. Returns false when the worker no longer held it.
pub async fn complete(db: &Db, id: Uuid, worker: &str) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE jobs SET state = 'done', lease_until_us = NULL, last_error = NULL
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    on!(db, pool => {
        let forgotten = sqlx::query(FORGET).bind(id).bind(worker).execute(pool).await?.rows_affected() == 1;
        Ok(forgotten || sqlx::query(UPDATE).bind(id).bind(worker).execute(pool).await?.rows_affected() == 1)
    })
}

/// Returns a failed job to the queue, due after a pause. Returns false when the worker no longer held it.
pub async fn fail(db: &Db, job: &Claimed, worker: &str, now: i64, error: &str, attempt: Attempt) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE jobs SET state = 'queued', run_at_us = $3, lease_until_us = NULL, worker = NULL,
        stage = NULL, percent = NULL, last_error = $4, attempts = attempts - $5
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    let run_at = now + pause_us(job.attempts);
    let back = i32::from(attempt == Attempt::NeverWas);
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(job.id).bind(worker).bind(run_at).bind(error).bind(back).execute(pool).await?.rows_affected() == 1))
}

/// Marks a job as dead, with this error. Returns false when another worker has ended it or holds it.
pub async fn mark_dead(db: &Db, id: Uuid, worker: &str, error: &str) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE jobs SET state = 'dead', lease_until_us = NULL, last_error = $3
        WHERE id = $1 AND worker = $2 AND state = 'running'";
    on!(db, pool => {
        let forgotten = sqlx::query(FORGET).bind(id).bind(worker).execute(pool).await?.rows_affected() == 1;
        Ok(forgotten
            || sqlx::query(UPDATE).bind(id).bind(worker).bind(error).execute(pool).await?.rows_affected() == 1)
    })
}

/// State and progress of an uploaded session.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    pub session: SessionId,
    pub state: State,
    pub failure: Option<String>,
    /// Progress of the analysis that is running; `None`: none is.
    pub stage: Option<String>,
    pub percent: Option<i32>,
}

/// Returns those of these sessions that were uploaded, for the pages that watch them.
pub async fn all_owners_uploads(db: &Db, sessions: &[SessionId]) -> sqlx::Result<Vec<Upload>> {
    type Row = (Uuid, String, Option<String>, Option<String>, Option<i32>);
    let mut found = Vec::new();
    // A statement takes a few thousand values at most.
    for some in sessions.chunks(1000) {
        let select = format!(
            "SELECT s.id, s.state, s.failure, j.stage, j.percent FROM sessions s
            LEFT JOIN jobs j ON j.session = s.id AND j.kind = 'analyze' AND j.state = 'running'
            WHERE s.source = 'upload' AND s.state <> 'deleted' AND s.id IN ({})",
            places(1, some.len())
        );
        let rows: Vec<Row> = on!(db, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(select));
            for session in some {
                query = query.bind(session.0);
            }
            query.fetch_all(pool).await?
        });
        for (id, state, failure, stage, percent) in rows {
            let state = State::try_from(state).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            found.push(Upload { session: SessionId(id), state, failure, stage, percent });
        }
    }
    Ok(found)
}

/// Returns how many jobs are in each state, for the metrics.
pub async fn count(db: &Db) -> sqlx::Result<Vec<(String, i64)>> {
    const SELECT: &str = "SELECT state, COUNT(*) FROM jobs GROUP BY state ORDER BY state";
    on!(db, pool => sqlx::query_as(SELECT).fetch_all(pool).await)
}

/// Returns the pause after this many attempts, microseconds.
pub fn pause_us(attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    (FIRST_PAUSE_US << doublings).min(MAX_PAUSE_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_ten_minutes() {
        assert_eq!([1, 2, 3].map(pause_us), [2_000_000, 4_000_000, 8_000_000]);
        assert_eq!([20, i32::MAX].map(pause_us), [MAX_PAUSE_US; 2]);
        assert_eq!([0, -7].map(pause_us), [FIRST_PAUSE_US; 2]);
    }
}
