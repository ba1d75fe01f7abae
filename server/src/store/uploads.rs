//! Queries on upload slots: a file that a browser uploads to the store, one for each session.

use super::{Db, in_transaction, on};
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

/// What may be under way beside a new slot. Files that are complete do not count.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// How many slots of the owner may be open, with the new one.
    pub slots: i64,
    /// How many bytes the files of all owners may have, with the new one's.
    pub bytes: i64,
}

/// What became of a slot that was to be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It was inserted.
    Yes,
    /// The session is not the owner's, is gone, or has a slot.
    NoSession,
    /// The owner has as many open as may be.
    TooMany,
    /// There is room for so many bytes, and the file has more.
    NoRoom(i64),
}

/// Which transactions take turns: those that open a slot, of all owners ("upload" in ASCII).
const TURN: i64 = 0x7570_6c6f_6164;

/// Returns the query for the bytes of all files that are under way, of all owners, but for one session's.
fn all_owners_open_bytes() -> &'static str {
    "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM uploads WHERE session <> $1 AND job IS NULL"
}

/// Inserts a slot where there is room for it. Also of several at once, only as many are inserted as there is room for.
pub async fn open(db: &Db, slot: &Slot, room: Room) -> sqlx::Result<Opened> {
    // The session's own slot does not count: an open one is found by the insertion.
    const COUNT: &str = "SELECT COUNT(*) FROM uploads WHERE owner = $1 AND session <> $2 AND job IS NULL";
    const INSERT: &str = "INSERT INTO uploads (session, owner, name, content_type, bytes, part_bytes, upload_id, created_us, expires_us)
        SELECT id, owner, $3, $4, $5, $6, $7, $8, $9 FROM sessions WHERE id = $1 AND owner = $2 ON CONFLICT (session) DO NOTHING";
    in_transaction!(db, tx => {
        sqlx::query(db.one_at_a_time()).bind(TURN).execute(&mut *tx).await?;
        let open: i64 =
            sqlx::query_scalar(COUNT).bind(slot.owner.0).bind(slot.session.0).fetch_one(&mut *tx).await?;
        if open >= room.slots {
            return Ok(Opened::TooMany);
        }
        let bytes: i64 = sqlx::query_scalar(all_owners_open_bytes()).bind(slot.session.0).fetch_one(&mut *tx).await?;
        let free = room.bytes.saturating_sub(bytes).max(0);
        if slot.bytes > free {
            return Ok(Opened::NoRoom(free));
        }
        let inserted = sqlx::query(INSERT).bind(slot.session.0).bind(slot.owner.0).bind(&slot.name).bind(&slot.content_type)
            .bind(slot.bytes).bind(slot.part_bytes).bind(&slot.upload_id).bind(slot.created_us).bind(slot.expires_us)
            .execute(&mut *tx).await?.rows_affected();
        Ok(if inserted == 1 { Opened::Yes } else { Opened::NoSession })
    })
}

/// Returns the slot of the owner's session.
pub async fn get(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<Option<Slot>> {
    const SELECT: &str = select!("WHERE session = $1 AND owner = $2");
    on!(db, pool => Ok(sqlx::query_as::<_, Row>(SELECT).bind(session.0).bind(owner.0).fetch_optional(pool).await?.map(Slot::from)))
}

/// Returns the owner's slots whose files are not complete.
pub async fn open_of(db: &Db, owner: UserId) -> sqlx::Result<Vec<Slot>> {
    const SELECT: &str = select!("WHERE owner = $1 AND job IS NULL ORDER BY created_us");
    let rows = on!(db, pool => sqlx::query_as::<_, Row>(SELECT).bind(owner.0).fetch_all(pool).await?);
    Ok(rows.into_iter().map(Slot::from).collect())
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
