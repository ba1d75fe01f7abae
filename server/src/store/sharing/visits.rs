//! Queries on visits: browsers in which a link was opened, and which may see its session for a day.

use super::links::Opens;
use crate::clock::DAY_US;
use crate::secret;
use crate::store::people::SEEN_EVERY_US;
use crate::store::{Db, on};
use coach_core::UserId;
use uuid::Uuid;

/// How long a browser sees the session before the link is opened again, microseconds.
pub const VISIT_US: i64 = DAY_US;
/// How often one link is opened at most.
const VISITS_MAX: i64 = 1000;

/// A guest whose browser opened a link that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Id of the visit.
    pub visit: Uuid,
    pub name: Option<String>,
    /// The version of the text that the guest agreed to before they are recorded; `None`: none.
    pub consent: Option<String>,
    pub link: Opens,
}

#[derive(sqlx_macros::FromRow)]
struct Found {
    visit: Uuid,
    name: Option<String>,
    consent: Option<String>,
    seen_us: i64,
    #[sqlx(flatten)]
    link: Opens,
}

/// Lets a browser in. Returns the visit's id and the secret for its cookie; `None`: the link was opened as often as it may be.
pub async fn begin(db: &Db, link: &Opens, name: Option<&str>, now: i64) -> sqlx::Result<Option<(Uuid, String)>> {
    const INSERT: &str = "INSERT INTO visits (id, link, owner, hash, name, opened_us, seen_us)
        SELECT $1, l.id, l.owner, $4, $5, $6, $6 FROM links l WHERE l.id = $2 AND l.owner = $3
        AND (SELECT COUNT(*) FROM visits WHERE link = $2 AND owner = $3) < $7";
    let (id, secret) = (Uuid::now_v7(), secret::generate());
    let made = on!(db, pool => sqlx::query(INSERT).bind(id).bind(link.id).bind(link.owner().0).bind(secret::hash(&secret))
        .bind(name).bind(now).bind(VISITS_MAX).execute(pool).await?.rows_affected());
    Ok((made == 1).then_some((id, secret)))
}

/// Returns the guest whose cookie this is, if it is one of this link, no older than a day, and the link is in force. Notes that
/// they were here.
pub async fn find(db: &Db, link: Uuid, secret: &str, now: i64) -> sqlx::Result<Option<Guest>> {
    const SELECT: &str = "SELECT v.id AS visit, v.name, v.consent, v.seen_us, l.id, l.session, l.owner, l.passphrase, l.scores,
        l.comments, l.role, l.expires_us FROM visits v JOIN links l ON l.id = v.link JOIN sessions s ON s.id = l.session JOIN users u ON u.id = l.owner
        WHERE v.hash = $1 AND l.id = $2 AND v.opened_us > $3 AND l.expires_us > $4 AND l.revoked_us IS NULL
        AND s.state <> 'deleted' AND u.disabled_us IS NULL";
    const SEEN: &str = "UPDATE visits SET seen_us = $3 WHERE id = $1 AND owner = $2";
    on!(db, pool => {
        let row: Option<Found> = sqlx::query_as(SELECT).bind(secret::hash(secret)).bind(link).bind(now - VISIT_US)
            .bind(now).fetch_optional(pool).await?;
        let Some(Found { visit, name, consent, seen_us, link }) = row else { return Ok(None) };
        if now - seen_us >= SEEN_EVERY_US {
            sqlx::query(SEEN).bind(visit).bind(link.owner().0).bind(now).execute(pool).await?;
        }
        Ok(Some(Guest { visit, name, consent, link }))
    })
}

/// Returns whether a guest who was here may still be: the visit is no older than a day, and its link is in force.
pub async fn is_valid(db: &Db, owner: UserId, visit: Uuid, now: i64) -> sqlx::Result<bool> {
    const SELECT: &str =
        "SELECT COUNT(*) FROM visits v JOIN links l ON l.id = v.link JOIN sessions s ON s.id = l.session
        JOIN users u ON u.id = l.owner WHERE v.id = $1 AND v.owner = $2 AND v.opened_us > $3 AND l.expires_us > $4
        AND l.revoked_us IS NULL AND s.state <> 'deleted' AND u.disabled_us IS NULL";
    let valid: i64 = on!(db, pool => sqlx::query_scalar(SELECT).bind(visit).bind(owner.0).bind(now - VISIT_US).bind(now)
        .fetch_one(pool).await?);
    Ok(valid == 1)
}

/// Notes that a guest agrees to be recorded, by which text, and how they are called.
pub async fn agree(
    db: &Db,
    owner: UserId,
    visit: Uuid,
    version: &str,
    name: Option<&str>,
    now: i64,
) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE visits SET consent = $3, consented_us = $4, name = COALESCE($5, name)
        WHERE id = $1 AND owner = $2";
    on!(db, pool => sqlx::query(UPDATE).bind(visit).bind(owner.0).bind(version).bind(now).bind(name).execute(pool).await
        .map(drop))
}

/// Sets how a guest is called.
pub async fn set_name(db: &Db, owner: UserId, visit: Uuid, name: &str) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE visits SET name = $3 WHERE id = $1 AND owner = $2";
    on!(db, pool => sqlx::query(UPDATE).bind(visit).bind(owner.0).bind(name).execute(pool).await.map(drop))
}
