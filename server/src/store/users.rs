//! People.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::UserId;
use uuid::Uuid;

/// The one person of personal mode; made on first use.
pub async fn personal(db: &Db) -> sqlx::Result<UserId> {
    const INSERT: &str =
        "INSERT INTO users (id, kind, subject, name, created_us) VALUES ($1, 'personal', 'personal', NULL, $2)
        ON CONFLICT (subject) DO NOTHING";
    const SELECT: &str = "SELECT id FROM users WHERE subject = 'personal'";
    on!(db, pool => {
        sqlx::query(INSERT).bind(Uuid::now_v7()).bind(now_us()).execute(pool).await?;
        sqlx::query_scalar::<_, Uuid>(SELECT).fetch_one(pool).await.map(UserId)
    })
}

/// A person of a local account or another sign-in; the same subject is the same person.
pub async fn upsert(db: &Db, kind: Kind, subject: &str, name: Option<&str>) -> sqlx::Result<UserId> {
    const UPSERT: &str = "INSERT INTO users (id, kind, subject, name, created_us) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (subject) DO UPDATE SET name = excluded.name RETURNING id";
    on!(db, pool => sqlx::query_scalar::<_, Uuid>(UPSERT).bind(Uuid::now_v7()).bind(kind.as_str()).bind(subject).bind(name)
        .bind(now_us()).fetch_one(pool).await.map(UserId))
}

/// How a person signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Local,
    Oidc,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Local => "local",
            Kind::Oidc => "oidc",
        }
    }
}
