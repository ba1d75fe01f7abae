//! Parts: each publishing of a session, as it is recorded.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::{MediaTime, SessionId, UserId};

/// How far a part has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartState {
    /// In the spool, and going to the store while live.
    Recording,
    /// Whole in the store.
    Stored,
    /// In the final recording; its own object may go.
    Joined,
}

impl PartState {
    fn as_str(self) -> &'static str {
        match self {
            PartState::Recording => "recording",
            PartState::Stored => "stored",
            PartState::Joined => "joined",
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no state of a part")]
pub struct UnknownPartState(String);

impl TryFrom<String> for PartState {
    type Error = UnknownPartState;
    fn try_from(text: String) -> Result<PartState, UnknownPartState> {
        [PartState::Recording, PartState::Stored, PartState::Joined]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownPartState(text))
    }
}

/// One publishing.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Part {
    pub n: i32,
    pub offset_ms: i64,
    pub key: String,
    /// The multipart upload that is under way.
    pub upload_id: Option<String>,
    pub bytes: i64,
    pub duration_ms: Option<i64>,
    #[sqlx(try_from = "String")]
    pub state: PartState,
}

/// A new part begins at this media time; it is numbered after the last one.
pub async fn begin(
    db: &Db,
    owner: UserId,
    session: SessionId,
    offset: MediaTime,
    upload_id: Option<&str>,
) -> sqlx::Result<Part> {
    const NEXT: &str = "SELECT CAST(COALESCE(MAX(n) + 1, 0) AS INTEGER) FROM parts WHERE session = $1 AND owner = $2";
    const INSERT: &str = "INSERT INTO parts (session, owner, n, offset_ms, key, upload_id, bytes, state, created_us)
        SELECT id, owner, $3, $4, $5, $6, 0, 'recording', $7 FROM sessions WHERE id = $1 AND owner = $2
        RETURNING n, offset_ms, key, upload_id, bytes, duration_ms, state";
    on!(db, pool => {
        let n: i32 = sqlx::query_scalar(NEXT).bind(session.0).bind(owner.0).fetch_one(pool).await?;
        let key = crate::objects::part_key(session, n);
        sqlx::query_as(INSERT).bind(session.0).bind(owner.0).bind(n).bind(offset.ms()).bind(key).bind(upload_id).bind(now_us())
            .fetch_one(pool).await
    })
}

/// How far it has come.
pub async fn update(db: &Db, owner: UserId, session: SessionId, part: &Part) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE parts SET offset_ms = $4, upload_id = $5, bytes = $6, duration_ms = $7, state = $8
        WHERE session = $1 AND owner = $2 AND n = $3";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(session.0).bind(owner.0).bind(part.n).bind(part.offset_ms).bind(&part.upload_id)
        .bind(part.bytes).bind(part.duration_ms).bind(part.state.as_str()).execute(pool).await?.rows_affected() == 1))
}

/// All parts in order.
pub async fn list(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<Vec<Part>> {
    const SELECT: &str = "SELECT n, offset_ms, key, upload_id, bytes, duration_ms, state FROM parts
        WHERE session = $1 AND owner = $2 ORDER BY n";
    on!(db, pool => sqlx::query_as(SELECT).bind(session.0).bind(owner.0).fetch_all(pool).await)
}
