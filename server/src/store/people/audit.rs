//! Queries on the audit log: what happened to an account and its sessions, for its owner to read.

use crate::clock::now_us;
use crate::store::{Db, on};
use coach_core::{SessionId, UserId};
use serde::Serialize;
use uuid::Uuid;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    SignedIn,
    SignedOut,
    PasswordSet,
    PasskeyAdded,
    PasskeyRemoved,
    TokenIssued,
    TokenRevoked,
    Shared,
    Unshared,
    LinkMade,
    LinkOpened,
    LinkEnded,
    Exported,
    Deleted,
    ErasureAsked,
    ErasureTakenBack,
    Erased,
}

impl What {
    fn as_str(self) -> &'static str {
        match self {
            What::SignedIn => "signed_in",
            What::SignedOut => "signed_out",
            What::PasswordSet => "password_set",
            What::PasskeyAdded => "passkey_added",
            What::PasskeyRemoved => "passkey_removed",
            What::TokenIssued => "token_issued",
            What::TokenRevoked => "token_revoked",
            What::Shared => "shared",
            What::Unshared => "unshared",
            What::LinkMade => "link_made",
            What::LinkOpened => "link_opened",
            What::LinkEnded => "link_ended",
            What::Exported => "exported",
            What::Deleted => "deleted",
            What::ErasureAsked => "erasure_asked",
            What::ErasureTakenBack => "erasure_taken_back",
            What::Erased => "erased",
        }
    }
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx_macros::FromRow, utoipa::ToSchema)]
#[schema(as = AuditEntry)]
pub struct Entry {
    /// Microseconds since 1970 (UTC).
    pub at_us: i64,
    /// `signed_in`, `signed_out`, `password_set`, `passkey_added`, `passkey_removed`, `token_issued`, `token_revoked`, `shared`, `unshared`, `link_made`, `link_opened`,
    /// `link_ended`, `read`, `exported`, `deleted`, `erasure_asked`, `erasure_taken_back` or `erased`.
    pub what: String,
    pub session: Option<Uuid>,
    /// Name or address of who did it; `null`: the owner.
    pub actor: Option<String>,
}

/// Adds a line. `actor`: who did it, if not the owner.
pub async fn add(
    db: &Db,
    owner: UserId,
    what: What,
    session: Option<SessionId>,
    actor: Option<UserId>,
) -> sqlx::Result<()> {
    const INSERT: &str = "INSERT INTO audit (id, owner, at_us, what, session, actor) VALUES ($1, $2, $3, $4, $5, $6)";
    on!(db, pool => sqlx::query(INSERT).bind(Uuid::now_v7()).bind(owner.0).bind(now_us()).bind(what.as_str())
        .bind(session.map(|id| id.0)).bind(actor.map(|id| id.0)).execute(pool).await.map(drop))
}

/// Returns the newest lines of the owner's log, newest first.
pub async fn list(db: &Db, owner: UserId, limit: i64) -> sqlx::Result<Vec<Entry>> {
    const SELECT: &str = "SELECT a.at_us, a.what, a.session, COALESCE(u.name, u.email) AS actor FROM audit a
        LEFT JOIN users u ON u.id = a.actor WHERE a.owner = $1 ORDER BY a.at_us DESC, a.id DESC LIMIT $2";
    on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(limit).fetch_all(pool).await)
}

/// An owner is told once in this time that the same person read the same session, microseconds.
const READ_EVERY_US: i64 = 600_000_000;

/// Notes that somebody whom the owner named read a session.
pub async fn read(db: &Db, owner: UserId, session: SessionId, actor: UserId, now: i64) -> sqlx::Result<()> {
    const INSERT: &str = "INSERT INTO audit (id, owner, at_us, what, session, actor)
        SELECT $1, u.id, $3, 'read', $4, $5 FROM users u WHERE u.id = $2 AND NOT EXISTS (SELECT 1 FROM audit
        WHERE owner = $2 AND session = $4 AND actor = $5 AND what = 'read' AND at_us > $6)";
    on!(db, pool => sqlx::query(INSERT).bind(Uuid::now_v7()).bind(owner.0).bind(now).bind(session.0).bind(actor.0)
        .bind(now - READ_EVERY_US).execute(pool).await.map(drop))
}
