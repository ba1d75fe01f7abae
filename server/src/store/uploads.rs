//! Queries on upload slots: a file that a browser uploads to the store, one for each session.

use super::{Db, on};
use coach_core::{SessionId, UserId};
use uuid::Uuid;

/// One upload slot: its file and how far the upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub session: SessionId,
    pub owner: UserId,
    /// The file's name on the person's machine; a label only.
    pub name: String,
    pub content_type: String,
    /// Length of the whole file, bytes.
    pub bytes: i64,
    /// Length of every upload part but the last, bytes.
    pub part_bytes: i64,
    /// The store's id of the multipart upload.
    pub upload_id: String,
    /// The job that analyzes the file; `None`: the file is not complete.
    pub job: Option<Uuid>,
    pub created_us: i64,
    /// Upload parts are accepted until then; later the slot is removed.
    pub expires_us: i64,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    session: Uuid,
    owner: Uuid,
    name: String,
    content_type: String,
    bytes: i64,
    part_bytes: i64,
    upload_id: String,
    job: Option<Uuid>,
    created_us: i64,
    expires_us: i64,
}

impl From<Row> for Slot {
    fn from(row: Row) -> Slot {
        Slot {
            session: SessionId(row.session),
            owner: UserId(row.owner),
            name: row.name,
            content_type: row.content_type,
            bytes: row.bytes,
            part_bytes: row.part_bytes,
            upload_id: row.upload_id,
            job: row.job,
            created_us: row.created_us,
            expires_us: row.expires_us,
        }
    }
}

/// The columns of [`Row`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT uploads.session, uploads.owner, name, content_type, bytes, part_bytes, upload_id, job, uploads.created_us, expires_us ",
            "FROM uploads ",
            $rest
        )
    };
}

/// Inserts a slot. Returns whether the session is the owner's and had none.
pub async fn open(db: &Db, slot: &Slot) -> sqlx::Result<bool> {
    const INSERT: &str = "INSERT INTO uploads (session, owner, name, content_type, bytes, part_bytes, upload_id, created_us, expires_us)
        SELECT id, owner, $3, $4, $5, $6, $7, $8, $9 FROM sessions WHERE id = $1 AND owner = $2 ON CONFLICT (session) DO NOTHING";
    on!(db, pool => Ok(sqlx::query(INSERT).bind(slot.session.0).bind(slot.owner.0).bind(&slot.name).bind(&slot.content_type)
        .bind(slot.bytes).bind(slot.part_bytes).bind(&slot.upload_id).bind(slot.created_us).bind(slot.expires_us)
        .execute(pool).await?.rows_affected() == 1))
}

/// Returns the slot of the owner's session.
pub async fn get(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<Option<Slot>> {
    const SELECT: &str = select!("WHERE session = $1 AND owner = $2");
    on!(db, pool => Ok(sqlx::query_as::<_, Row>(SELECT).bind(session.0).bind(owner.0).fetch_optional(pool).await?.map(Slot::from)))
}

/// Extends the time until which upload parts are accepted.
pub async fn extend(db: &Db, slot: &Slot, expires_us: i64) -> sqlx::Result<bool> {
    const UPDATE: &str = "UPDATE uploads SET expires_us = $4 WHERE session = $1 AND owner = $2 AND upload_id = $3";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(slot.session.0).bind(slot.owner.0).bind(&slot.upload_id).bind(expires_us)
        .execute(pool).await?.rows_affected() == 1))
}

/// Marks the file as complete and stores the job that analyzes it. A job that is already set stays.
pub async fn set_job(db: &Db, owner: UserId, session: SessionId, job: Uuid) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE uploads SET job = COALESCE(job, $3) WHERE session = $1 AND owner = $2";
    on!(db, pool => sqlx::query(UPDATE).bind(session.0).bind(owner.0).bind(job).execute(pool).await.map(drop))
}

/// Deletes a slot whose file is not complete. Returns whether it existed.
pub async fn close(db: &Db, slot: &Slot) -> sqlx::Result<bool> {
    const DELETE: &str = "DELETE FROM uploads WHERE session = $1 AND owner = $2 AND upload_id = $3 AND job IS NULL";
    on!(db, pool => Ok(sqlx::query(DELETE).bind(slot.session.0).bind(slot.owner.0).bind(&slot.upload_id)
        .execute(pool).await?.rows_affected() == 1))
}

/// Returns the slot of a session of any owner, for the store's notifications, which contain a key and no person.
pub async fn all_owners_get(db: &Db, session: SessionId) -> sqlx::Result<Option<Slot>> {
    const SELECT: &str =
        select!("JOIN sessions ON sessions.id = uploads.session WHERE uploads.session = $1 AND state <> 'deleted'");
    on!(db, pool => Ok(sqlx::query_as::<_, Row>(SELECT).bind(session.0).fetch_optional(pool).await?.map(Slot::from)))
}

/// Returns the slots of all owners whose files were not completed in time, for the sweep.
pub async fn all_owners_expired(db: &Db, now_us: i64) -> sqlx::Result<Vec<Slot>> {
    const SELECT: &str = select!(
        "JOIN sessions ON sessions.id = uploads.session WHERE expires_us < $1 AND job IS NULL AND state = 'created' ORDER BY expires_us LIMIT 100"
    );
    let rows = on!(db, pool => sqlx::query_as::<_, Row>(SELECT).bind(now_us).fetch_all(pool).await?);
    Ok(rows.into_iter().map(Slot::from).collect())
}

/// Returns how many slots of the owner are open.
pub async fn open_of(db: &Db, owner: UserId) -> sqlx::Result<i64> {
    const COUNT: &str = "SELECT COUNT(*) FROM uploads WHERE owner = $1 AND job IS NULL";
    on!(db, pool => sqlx::query_scalar(COUNT).bind(owner.0).fetch_one(pool).await)
}

/// Returns the bytes of all files that are under way, of all owners.
pub async fn all_owners_open_bytes(db: &Db) -> sqlx::Result<i64> {
    const SUM: &str = "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM uploads WHERE job IS NULL";
    on!(db, pool => sqlx::query_scalar(SUM).fetch_one(pool).await)
}
