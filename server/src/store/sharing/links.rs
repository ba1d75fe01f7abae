//! Queries on links: secrets by which people without an account see a session.

use crate::clock::now_us;
use crate::secret;
use crate::store::people::grants::Role;
use crate::store::{Db, in_transaction, on};
use coach_core::{SessionId, UserId};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Links of one session at most, those that have ended included.
pub const LINKS_MAX: i64 = 100;

/// Visits of one link that its owner is shown.
const SHOWN: usize = 100;

/// A link to make.
#[derive(Debug, Clone, Default)]
pub struct NewLink {
    /// For whom it is.
    pub name: Option<String>,
    /// Hash of the passphrase; `None`: none is asked for.
    pub passphrase: Option<String>,
    pub scores: bool,
    pub comments: bool,
    /// As what it lets somebody into the live session; `None`: it shows the recording.
    pub role: Option<Role>,
    /// Microseconds since 1970.
    pub expires_us: i64,
}

/// A visit as the owner of the session sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Visit {
    /// How the guest is called, in their own words; `null`: they did not say.
    pub name: Option<String>,
    /// Microseconds since 1970 (UTC).
    pub opened_us: i64,
    /// The last request, within a minute: microseconds since 1970 (UTC).
    pub seen_us: i64,
}

/// A link as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Link {
    pub id: Uuid,
    /// For whom it is, as the owner noted it.
    pub name: Option<String>,
    /// Whether a passphrase is asked for.
    pub passphrase: bool,
    /// Whether scores and report are seen too.
    pub scores: bool,
    /// Whether comments are seen and written.
    pub comments: bool,
    /// As what it lets somebody into the live session; `null`: it shows the recording.
    pub role: Option<Role>,
    /// Microseconds since 1970 (UTC).
    pub created_us: i64,
    /// Microseconds since 1970 (UTC).
    pub expires_us: i64,
    /// When its owner ended it: microseconds since 1970 (UTC); `null`: they did not.
    pub revoked_us: Option<i64>,
    /// Who opened it, the last first, 100 at most.
    pub visits: Vec<Visit>,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    name: Option<String>,
    passphrase: Option<String>,
    scores: bool,
    comments: bool,
    role: Option<String>,
    created_us: i64,
    expires_us: i64,
    revoked_us: Option<i64>,
}

/// What a link that is in force opens.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Opens {
    pub id: Uuid,
    session: Uuid,
    owner: Uuid,
    /// Hash of the passphrase; `None`: none is asked for.
    pub passphrase: Option<String>,
    pub scores: bool,
    pub comments: bool,
    role: Option<String>,
    /// Microseconds since 1970.
    pub expires_us: i64,
}

impl Opens {
    /// Returns the session that the link shows.
    pub fn session(&self) -> SessionId {
        SessionId(self.session)
    }

    /// Returns who made the link.
    pub fn owner(&self) -> UserId {
        UserId(self.owner)
    }

    /// Returns as what the link lets somebody into the live session; `None`: it shows the recording.
    pub fn role(&self) -> Option<Role> {
        role(self.role.as_deref())
    }
}

/// Returns a role as it is stored. One that this program does not know shows nothing: it counts as an observer's.
fn role(stored: Option<&str>) -> Option<Role> {
    stored.map(|text| Role::try_from(text.to_owned()).unwrap_or(Role::Observer))
}

/// Makes a link of 256 random bits. Returns its id and the secret, which cannot be read again; `None`: the session is not the
/// owner's, or has [`LINKS_MAX`] links.
pub async fn make(db: &Db, owner: UserId, session: SessionId, new: NewLink) -> sqlx::Result<Option<(Uuid, String)>> {
    const INSERT: &str =
        "INSERT INTO links (id, session, owner, hash, name, passphrase, scores, comments, role, created_us,
        expires_us) SELECT $1, id, owner, $4, $5, $6, $7, $8, $9, $10, $11 FROM sessions WHERE id = $2 AND owner = $3
        AND state <> 'deleted' AND (SELECT COUNT(*) FROM links WHERE session = $2 AND owner = $3) < $12";
    const INVITED: &str = "UPDATE sessions SET room = TRUE WHERE id = $1 AND owner = $2";
    let (id, secret) = (Uuid::now_v7(), secret::generate());
    let made: sqlx::Result<bool> = in_transaction!(db, tx => {
        let made = sqlx::query(INSERT).bind(id).bind(session.0).bind(owner.0).bind(secret::hash(&secret)).bind(&new.name)
            .bind(&new.passphrase).bind(new.scores).bind(new.comments).bind(new.role.map(Role::as_str)).bind(now_us())
            .bind(new.expires_us).bind(LINKS_MAX).execute(&mut *tx).await?.rows_affected() == 1;
        if made && new.role.is_some() {
            sqlx::query(INVITED).bind(session.0).bind(owner.0).execute(&mut *tx).await?;
        }
        Ok(made)
    });
    Ok(made?.then_some((id, secret)))
}

/// Returns every link of a session with who opened it, the newest first.
pub async fn list(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<Vec<Link>> {
    const SELECT: &str =
        "SELECT id, name, passphrase, scores, comments, role, created_us, expires_us, revoked_us FROM links
        WHERE owner = $1 AND session = $2 ORDER BY id DESC";
    let rows: Vec<Row> = on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(session.0).fetch_all(pool).await?);
    let mut seen: HashMap<Uuid, Vec<Visit>> = visits(db, owner, session).await?;
    let link = |row: Row| Link {
        visits: seen.remove(&row.id).unwrap_or_default(),
        id: row.id,
        name: row.name,
        passphrase: row.passphrase.is_some(),
        scores: row.scores,
        comments: row.comments,
        role: role(row.role.as_deref()),
        created_us: row.created_us,
        expires_us: row.expires_us,
        revoked_us: row.revoked_us,
    };
    Ok(rows.into_iter().map(link).collect())
}

/// Returns what a secret opens, if it is the one of a link that is neither revoked nor expired, whose session exists and whose
/// owner's account is in use. It is looked up by its hash, so the time of the look-up reveals nothing about the secret.
pub async fn find(db: &Db, secret: &str, now: i64) -> sqlx::Result<Option<Opens>> {
    const SELECT: &str = "SELECT l.id, l.session, l.owner, l.passphrase, l.scores, l.comments, l.role, l.expires_us FROM links l
        JOIN sessions s ON s.id = l.session JOIN users u ON u.id = l.owner
        WHERE l.hash = $1 AND l.expires_us > $2 AND l.revoked_us IS NULL AND s.state <> 'deleted' AND u.disabled_us IS NULL";
    on!(db, pool => sqlx::query_as(SELECT).bind(secret::hash(secret)).bind(now).fetch_optional(pool).await)
}

/// Ends a link. Returns whether it was the owner's and in force.
pub async fn revoke(db: &Db, owner: UserId, session: SessionId, id: Uuid) -> sqlx::Result<bool> {
    const UPDATE: &str =
        "UPDATE links SET revoked_us = $4 WHERE id = $1 AND owner = $2 AND session = $3 AND revoked_us IS NULL";
    on!(db, pool => Ok(sqlx::query(UPDATE).bind(id).bind(owner.0).bind(session.0).bind(now_us()).execute(pool).await?
        .rows_affected() == 1))
}

/// Returns the visits of a session's links by link, the last first, a hundred of each at most.
pub async fn visits(db: &Db, owner: UserId, session: SessionId) -> sqlx::Result<HashMap<Uuid, Vec<Visit>>> {
    const SELECT: &str = "SELECT v.link, v.name, v.opened_us, v.seen_us FROM visits v JOIN links l ON l.id = v.link
        WHERE v.owner = $1 AND l.session = $2 ORDER BY v.id DESC";
    let rows: Vec<(Uuid, Option<String>, i64, i64)> =
        on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(session.0).fetch_all(pool).await?);
    let mut found: HashMap<Uuid, Vec<Visit>> = HashMap::new();
    for (link, name, opened_us, seen_us) in rows {
        let of_link = found.entry(link).or_default();
        if of_link.len() < SHOWN {
            of_link.push(Visit { name, opened_us, seen_us });
        }
    }
    Ok(found)
}
