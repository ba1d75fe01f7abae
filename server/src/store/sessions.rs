//! Queries on sessions.

use super::jobs::{self, NewJob};
use super::questions::Question;
use super::{Db, in_transaction, on};
use crate::clock::DAY_US;
use crate::clock::now_us;
use crate::session::questions::Family;
use crate::session::state::State;
use coach_core::journal::{Calibration, Capture, HintSettings};
use coach_core::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

/// Where the media of a session comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SessionSource)]
pub enum Source {
    #[default]
    Live,
    Upload,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Source::Live => "live",
            Source::Upload => "upload",
        }
    }
}

/// The database names a source that this program does not know.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no source of a session")]
pub struct UnknownSource(String);

impl TryFrom<String> for Source {
    type Error = UnknownSource;
    fn try_from(text: String) -> Result<Source, UnknownSource> {
        match text.as_str() {
            "live" => Ok(Source::Live),
            "upload" => Ok(Source::Upload),
            _ => Err(UnknownSource(text)),
        }
    }
}

/// A question as it was asked; the bank may change later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AskedQuestion {
    pub id: String,
    pub text: String,
    pub family: Family,
    pub suggested_ms: i64,
}

impl From<Question> for AskedQuestion {
    fn from(q: Question) -> AskedQuestion {
        AskedQuestion { id: q.id, text: q.text, family: q.family, suggested_ms: q.suggested_ms }
    }
}

/// A session as its row has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub id: SessionId,
    pub owner: UserId,
    pub state: State,
    pub source: Source,
    pub created_us: i64,
    pub started_us: Option<i64>,
    pub duration_ms: Option<i64>,
    pub questions: Vec<AskedQuestion>,
    pub hints: HintSettings,
    pub capture: Capture,
    pub calibration: Option<Calibration>,
    pub affect: bool,
    /// Whether the owner marked it as the reference answer of its questions.
    pub gold: bool,
    /// Why the session failed, in words for its owner; `None`: it did not fail.
    pub failure: Option<String>,
    /// Whether somebody was invited into it.
    pub room: bool,
}

/// The values that a new session is inserted with.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub source: Source,
    pub questions: Vec<AskedQuestion>,
    pub hints: HintSettings,
    pub capture: Capture,
    pub affect: bool,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    owner: Uuid,
    state: State,
    source: Source,
    created_us: i64,
    started_us: Option<i64>,
    duration_ms: Option<i64>,
    questions: Json<Vec<AskedQuestion>>,
    hints: Json<HintSettings>,
    capture: Json<Capture>,
    calibration: Option<Json<Calibration>>,
    affect: bool,
    gold: bool,
    failure: Option<String>,
    room: bool,
}

impl From<Row> for Session {
    fn from(row: Row) -> Session {
        Session {
            id: SessionId(row.id),
            owner: UserId(row.owner),
            state: row.state,
            source: row.source,
            created_us: row.created_us,
            started_us: row.started_us,
            duration_ms: row.duration_ms,
            questions: row.questions.0,
            hints: row.hints.0,
            capture: row.capture.0,
            calibration: row.calibration.map(|json| json.0),
            affect: row.affect,
            gold: row.gold,
            failure: row.failure,
            room: row.room,
        }
    }
}

/// The columns of [`Row`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner, state, source, created_us, started_us, duration_ms, questions, hints, capture, calibration, ",
            "affect, gold, failure, room FROM sessions ",
            $rest
        )
    };
}

/// How many sessions an owner may create in a time.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// Sessions created at this time or later count, microseconds since 1970. Erased ones do not.
    pub since_us: i64,
    /// How many may have been created since then, with the new one.
    pub most: i64,
}

/// Inserts a session in the state `created`; `None`: the owner has created as many as the quota allows. Also of several at once,
/// only as many are inserted as it allows.
pub async fn create(db: &Db, owner: UserId, new: NewSession, quota: Quota) -> sqlx::Result<Option<Session>> {
    const COUNT: &str = "SELECT COUNT(*) FROM sessions WHERE owner = $1 AND created_us >= $2";
    const INSERT: &str = "INSERT INTO sessions (id, owner, state, source, created_us, updated_us, questions, hints, capture, affect, gold)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)";
    let (id, now) = (SessionId(Uuid::now_v7()), now_us());
    // The random half of the id: any number of the owner's own will do.
    let turn = owner.0.as_u64_pair().1.cast_signed();
    let created: sqlx::Result<bool> = in_transaction!(db, tx => {
        sqlx::query(db.one_at_a_time()).bind(turn).execute(&mut *tx).await?;
        let made: i64 = sqlx::query_scalar(COUNT).bind(owner.0).bind(quota.since_us).fetch_one(&mut *tx).await?;
        if made >= quota.most {
            return Ok(false);
        }
        sqlx::query(INSERT).bind(id.0).bind(owner.0).bind(State::Created.as_str()).bind(new.source.as_str()).bind(now)
            .bind(Json(&new.questions)).bind(Json(&new.hints)).bind(Json(&new.capture)).bind(new.affect).bind(false)
            .execute(&mut *tx).await?;
        Ok(true)
    });
    Ok(created?.then_some(Session {
        id,
        owner,
        state: State::Created,
        source: new.source,
        created_us: now,
        started_us: None,
        duration_ms: None,
        questions: new.questions,
        hints: new.hints,
        capture: new.capture,
        calibration: None,
        affect: new.affect,
        gold: false,
        failure: None,
        room: false,
    }))
}

/// Returns the owner's session; `None`: it does not exist, is deleted, or belongs to somebody else.
pub async fn get(db: &Db, owner: UserId, id: SessionId) -> sqlx::Result<Option<Session>> {
    const SELECT: &str = select!("WHERE id = $1 AND owner = $2 AND state <> 'deleted'");
    on!(db, pool => Ok(sqlx::query_as::<_, Row>(SELECT).bind(id.0).bind(owner.0).fetch_optional(pool).await?.map(Session::from)))
}

/// Returns the owner's sessions older than `before`, newest first.
pub async fn list(db: &Db, owner: UserId, before: Option<SessionId>, limit: i64) -> sqlx::Result<Vec<Session>> {
    const SELECT: &str = select!("WHERE owner = $1 AND id < $2 AND state <> 'deleted' ORDER BY id DESC LIMIT $3");
    let before = before.map_or(Uuid::max(), |id| id.0);
    let rows =
        on!(db, pool => sqlx::query_as::<_, Row>(SELECT).bind(owner.0).bind(before).bind(limit).fetch_all(pool).await?);
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Changes the state if it is still `from`. Returns whether it was. Enqueues `tell` in the same transaction.
pub async fn change_state(
    db: &Db,
    owner: UserId,
    id: SessionId,
    from: State,
    to: State,
    failure: Option<&str>,
    follow: Vec<NewJob<'_>>,
) -> sqlx::Result<bool> {
    const UPDATE: &str =
        "UPDATE sessions SET state = $4, failure = $5, updated_us = $6 WHERE id = $1 AND owner = $2 AND state = $3";
    in_transaction!(db, tx => {
        let changed = sqlx::query(UPDATE).bind(id.0).bind(owner.0).bind(from.as_str()).bind(to.as_str()).bind(failure).bind(now_us())
            .execute(&mut *tx).await?.rows_affected() == 1;
        for job in follow.into_iter().filter(|_| changed) {
            jobs::insert!(Uuid::now_v7(), job, "").execute(&mut *tx).await?;
        }
        Ok(changed)
    })
}

/// Sets the wall time of t = 0, microseconds since 1970. A time that is already set stays.
pub async fn set_started(db: &Db, owner: UserId, id: SessionId, started_us: i64) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE sessions SET started_us = COALESCE(started_us, $3) WHERE id = $1 AND owner = $2";
    on!(db, pool => sqlx::query(UPDATE).bind(id.0).bind(owner.0).bind(started_us).execute(pool).await.map(drop))
}

/// Sets the length of the recording.
pub async fn set_duration(db: &Db, owner: UserId, id: SessionId, duration_ms: i64) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE sessions SET duration_ms = $3 WHERE id = $1 AND owner = $2";
    on!(db, pool => sqlx::query(UPDATE).bind(id.0).bind(owner.0).bind(duration_ms).execute(pool).await.map(drop))
}

/// Stores what the device check measured, while the session is not live yet. Returns whether it was stored.
pub async fn set_calibration(db: &Db, owner: UserId, id: SessionId, calibration: &Calibration) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE sessions SET calibration = $3 WHERE id = $1 AND owner = $2 AND state = 'created'";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id.0).bind(owner.0).bind(Json(calibration)).execute(pool).await?.rows_affected() == 1))
}

/// Stores the calibration that a session without a device check measured, for later sessions of its owner.
pub async fn keep_learnt(db: &Db, owner: UserId, id: SessionId, learnt: &Calibration) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE sessions SET calibration = $3 WHERE id = $1 AND owner = $2 AND calibration IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id.0).bind(owner.0).bind(Json(learnt)).execute(pool).await?.rows_affected() == 1))
}

/// Returns the newest calibration among the owner's sessions that were created at `since_us` or later.
pub async fn latest_calibration(db: &Db, owner: UserId, since_us: i64) -> sqlx::Result<Option<Calibration>> {
    const SELECT: &str = "SELECT calibration FROM sessions
        WHERE owner = $1 AND created_us >= $2 AND calibration IS NOT NULL AND state = 'ready' ORDER BY created_us DESC, id DESC LIMIT 1";
    let found: Option<Json<Calibration>> =
        on!(db, pool => sqlx::query_scalar(SELECT).bind(owner.0).bind(since_us).fetch_optional(pool).await?);
    Ok(found.map(|json| json.0))
}

/// Marks a ready session as the reference answer, or removes the mark. Returns whether such a session exists.
pub async fn set_gold(db: &Db, owner: UserId, id: SessionId, gold: bool) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE sessions SET gold = $3 WHERE id = $1 AND owner = $2 AND state = 'ready'";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id.0).bind(owner.0).bind(gold).execute(pool).await?.rows_affected() == 1))
}

/// Returns every session in the given state, across all owners. Used at start-up.
pub async fn all_owners_in_state(db: &Db, state: State) -> sqlx::Result<Vec<Session>> {
    const SELECT: &str = select!("WHERE state = $1 ORDER BY id");
    let rows = on!(db, pool => sqlx::query_as::<_, Row>(SELECT).bind(state.as_str()).fetch_all(pool).await?);
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Returns all sessions of all owners but those that are being deleted. Used by backups.
pub async fn all_owners_sessions(db: &Db) -> sqlx::Result<Vec<Session>> {
    const SELECT: &str = select!("WHERE state <> 'deleted' ORDER BY id");
    let rows = on!(db, pool => sqlx::query_as::<_, Row>(SELECT).fetch_all(pool).await?);
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Returns the state of a session of any owner; `None`: it does not exist. Used for folders found on the disk.
pub async fn all_owners_state(db: &Db, id: SessionId) -> sqlx::Result<Option<State>> {
    const SELECT: &str = "SELECT state FROM sessions WHERE id = $1";
    let found: Option<String> = on!(db, pool => sqlx::query_scalar(SELECT).bind(id.0).fetch_optional(pool).await?);
    found.map(|state| State::try_from(state).map_err(|error| sqlx::Error::Decode(error.into()))).transpose()
}

/// Returns sessions of all owners that are at rest and older than the server's retention (`days`, 0 = unlimited) or their
/// owner's. References outlive their owner's retention, which counts from a day after it was chosen.
pub async fn all_owners_outdated(db: &Db, now_us: i64, days: i64) -> sqlx::Result<Vec<Session>> {
    const SELECT: &str = select!(
        "WHERE state IN ('created', 'ready', 'failed') AND (created_us < $1 OR (NOT gold AND created_us < (
            SELECT $2 - u.retention_days * 86400000000 FROM users u WHERE u.id = sessions.owner
            AND (u.retention_since_us IS NULL OR u.retention_since_us <= $3)))) ORDER BY id"
    );
    let oldest_us = if days == 0 { i64::MIN } else { now_us.saturating_sub(days.saturating_mul(DAY_US)) };
    let rows = on!(db, pool => sqlx::query_as::<_, Row>(SELECT).bind(oldest_us).bind(now_us).bind(now_us.saturating_sub(DAY_US))
        .fetch_all(pool).await?);
    Ok(rows.into_iter().map(Session::from).collect())
}

/// The owner's sessions at rest that were made before a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Older {
    /// How many are no references.
    pub go: i64,
    /// How many are.
    pub references: i64,
    /// The oldest of those that are none.
    pub oldest: Vec<Session>,
}

/// Returns the owner's sessions that a retention would delete when what was made before `before_us` is too old, `named` of them by name.
pub async fn older(db: &Db, owner: UserId, before_us: i64, named: i64) -> sqlx::Result<Older> {
    const COUNT: &str = "SELECT COUNT(*) FROM sessions WHERE owner = $1 AND created_us < $2 AND gold = $3
        AND state IN ('created', 'ready', 'failed')";
    const SELECT: &str = select!(
        "WHERE owner = $1 AND created_us < $2 AND NOT gold AND state IN ('created', 'ready', 'failed') ORDER BY created_us, id LIMIT $3"
    );
    on!(db, pool => {
        let go = sqlx::query_scalar(COUNT).bind(owner.0).bind(before_us).bind(false).fetch_one(pool).await?;
        let references = sqlx::query_scalar(COUNT).bind(owner.0).bind(before_us).bind(true).fetch_one(pool).await?;
        let rows: Vec<Row> = sqlx::query_as(SELECT).bind(owner.0).bind(before_us).bind(named).fetch_all(pool).await?;
        Ok(Older { go, references, oldest: rows.into_iter().map(Session::from).collect() })
    })
}

/// Deletes the row of a session in the state `deleted`, and with it every row that belongs to it. Returns whether it was there.
pub async fn erase(db: &Db, owner: UserId, id: SessionId) -> sqlx::Result<bool> {
    const DELETE: &str = "DELETE FROM sessions WHERE id = $1 AND owner = $2 AND state = 'deleted'";
    // A job that runs is its worker's until it ends; it finds the session gone then, and goes too.
    const JOBS: &str = "DELETE FROM jobs WHERE session = $1 AND owner = $2 AND state <> 'running'";
    // That it was shared or exported stays known to its owner; which one it was does not.
    const AUDIT: &str = "UPDATE audit SET session = NULL WHERE session = $1 AND owner = $2";
    in_transaction!(db, tx => {
        let gone = sqlx::query(DELETE).bind(id.0).bind(owner.0).execute(&mut *tx).await?.rows_affected() == 1;
        if gone {
            sqlx::query(JOBS).bind(id.0).bind(owner.0).execute(&mut *tx).await?;
            sqlx::query(AUDIT).bind(id.0).bind(owner.0).execute(&mut *tx).await?;
        }
        Ok(gone)
    })
}
