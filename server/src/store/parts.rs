//! Queries on parts: each publishing of a session and how far its recording is.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::{MediaTime, SessionId, UserId};

/// How far the recording of a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartState {
    /// In the spool, and uploaded to the store while live.
    Recording,
    /// In the final recording; the part's own object may be deleted.
    Joined,
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no state of a part")]
pub struct UnknownPartState(String);

impl TryFrom<String> for PartState {
    type Error = UnknownPartState;
    fn try_from(text: String) -> Result<PartState, UnknownPartState> {
        match text.as_str() {
            "recording" => Ok(PartState::Recording),
            "joined" => Ok(PartState::Joined),
            _ => Err(UnknownPartState(text)),
        }
    }
}

/// One publishing of a session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Part {
    pub n: i32,
    pub offset_ms: i64,
    pub key: String,
    pub state: PartState,
}

/// Inserts part `n`, which begins at this media time. A part that already exists keeps its time.
pub async fn begin(
    db: &Db,
    owner: UserId,
    session: SessionId,
    n: i32,
    offset: MediaTime,
    key: &str,
) -> sqlx::Result<()> {
    const INSERT: &str = "INSERT INTO parts (session, owner, n, offset_ms, key, bytes, state, created_us)
        SELECT id, owner, $3, $4, $5, 0, 'recording', $6 FROM sessions WHERE id = $1 AND owner = $2
        ON CONFLICT (session, n) DO NOTHING";
    on!(db, pool => sqlx::query(INSERT).bind(session.0).bind(owner.0).bind(n).bind(offset.ms()).bind(key).bind(now_us())
        .execute(pool).await.map(drop))
}

/// Marks all parts as contained in the final recording, which is stored.
pub async fn joined(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE parts SET state = 'joined' WHERE session = $1 AND owner = $2";
    on!(db, pool => sqlx::query(UPDATE).bind(session.0).bind(owner.0).execute(pool).await.map(drop))
}

/// Returns all parts in order.
pub async fn list(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<Vec<Part>> {
    const SELECT: &str = "SELECT n, offset_ms, key, state FROM parts WHERE session = $1 AND owner = $2 ORDER BY n";
    on!(db, pool => sqlx::query_as(SELECT).bind(session.0).bind(owner.0).fetch_all(pool).await)
}
