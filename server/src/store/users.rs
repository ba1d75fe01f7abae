//! Queries on people.

use super::{Db, on};
use crate::clock::now_us;
use coach_core::UserId;
use uuid::Uuid;

/// Returns the one person of personal mode, inserted on first use.
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

/// Returns the person's own retention, days; `None`: they chose none.
pub async fn retention_days(db: &Db, user: UserId) -> sqlx::Result<Option<i32>> {
    const SELECT: &str = "SELECT retention_days FROM users WHERE id = $1";
    on!(db, pool => Ok(sqlx::query_scalar::<_, Option<i32>>(SELECT).bind(user.0).fetch_optional(pool).await?.flatten()))
}

/// Sets or removes the person's own retention.
pub async fn set_retention_days(db: &Db, user: UserId, days: Option<i32>) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE users SET retention_days = $2 WHERE id = $1";
    on!(db, pool => sqlx::query(UPDATE).bind(user.0).bind(days).execute(pool).await.map(drop))
}

/// Returns the person of a local account or another sign-in. The same subject is the same person.
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
