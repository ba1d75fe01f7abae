//! Queries on people.

use super::stored_as_text;
use crate::clock::now_us;
use crate::store::{Db, in_transaction, on};
use coach_core::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a person is on this server. It gives no right to anybody's session: grants do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    #[default]
    Candidate,
    Coach,
    /// Administers the server: reads its metrics, and no session.
    Admin,
}
stored_as_text!(AccountRole, UnknownAccountRole, "role", Candidate = "candidate", Coach = "coach", Admin = "admin");

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Account {
    pub id: Uuid,
    /// `personal`, `local` or `oidc`.
    pub kind: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub role: AccountRole,
    /// Microseconds since 1970; set: signs in no more.
    pub disabled_us: Option<i64>,
}

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

/// Returns a person's account.
pub async fn get(db: &Db, user: UserId) -> sqlx::Result<Option<Account>> {
    const SELECT: &str = "SELECT id, kind, name, email, role, disabled_us FROM users WHERE id = $1";
    on!(db, pool => sqlx::query_as(SELECT).bind(user.0).fetch_optional(pool).await)
}

/// Returns every account, oldest first.
pub async fn all(db: &Db) -> sqlx::Result<Vec<Account>> {
    const SELECT: &str = "SELECT id, kind, name, email, role, disabled_us FROM users ORDER BY created_us, id";
    on!(db, pool => sqlx::query_as(SELECT).fetch_all(pool).await)
}

/// Returns the accounts in use that have this address, two at most.
pub async fn with_email(db: &Db, email: &str) -> sqlx::Result<Vec<UserId>> {
    const SELECT: &str = "SELECT id FROM users WHERE email = $1 AND disabled_us IS NULL ORDER BY created_us LIMIT 2";
    let rows = on!(db, pool => sqlx::query_scalar::<_, Uuid>(SELECT).bind(email).fetch_all(pool).await?);
    Ok(rows.into_iter().map(UserId).collect())
}

/// Disables an account: its browsers are signed out, and its tokens and links are of no use. Its sessions stay.
pub async fn disable(db: &Db, user: UserId) -> sqlx::Result<()> {
    in_transaction!(db, tx => {
        sqlx::query("UPDATE users SET disabled_us = $2 WHERE id = $1").bind(user.0).bind(now_us()).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM logins WHERE person = $1").bind(user.0).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM password_links WHERE person = $1").bind(user.0).execute(&mut *tx).await?;
        Ok(())
    })
}

/// Enables an account again.
pub async fn enable(db: &Db, user: UserId) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE users SET disabled_us = NULL WHERE id = $1";
    on!(db, pool => sqlx::query(UPDATE).bind(user.0).execute(pool).await.map(drop))
}

/// Tables whose rows belong to a person by their column `owner`.
pub const OWNED: [&str; 21] = [
    "answers",
    "audit",
    "comments",
    "consents",
    "corrections",
    "grants",
    "hints",
    "jobs",
    "links",
    "parts",
    "phrases",
    "provider_consents",
    "question_set_items",
    "question_set_links",
    "question_sets",
    "questions",
    "scores",
    "sessions",
    "tokens",
    "uploads",
    "visits",
];

/// Gives the history of personal mode to this account, and the account's own rows to the same person: the person of personal mode
/// signs in by what the account signed in by. Personal mode shows the whole history again.
pub async fn adopt(db: &Db, account: UserId) -> sqlx::Result<UserId> {
    let personal = personal(db).await?;
    if personal == account {
        return Ok(personal);
    }
    in_transaction!(db, tx => {
        for table in OWNED {
            let update = format!("UPDATE {table} SET owner = $1 WHERE owner = $2");
            sqlx::query(sqlx::AssertSqlSafe(update)).bind(personal.0).bind(account.0).execute(&mut *tx).await?;
        }
        sqlx::query("DELETE FROM passwords WHERE person = $1 AND EXISTS (SELECT 1 FROM passwords WHERE person = $2)")
            .bind(personal.0).bind(account.0).execute(&mut *tx).await?;
        for (table, column) in [("identities", "person"), ("passwords", "person"), ("password_links", "person"), ("passkeys", "person"),
            ("logins", "person"), ("grants", "grantee"), ("audit", "actor"), ("comments", "author")] {
            let update = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2");
            sqlx::query(sqlx::AssertSqlSafe(update)).bind(personal.0).bind(account.0).execute(&mut *tx).await?;
        }
        sqlx::query("UPDATE users SET name = (SELECT name FROM users WHERE id = $2), email = (SELECT email FROM users WHERE id = $2),
            role = (SELECT role FROM users WHERE id = $2) WHERE id = $1")
            .bind(personal.0).bind(account.0).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM users WHERE id = $1").bind(account.0).execute(&mut *tx).await?;
        Ok(())
    })?;
    Ok(personal)
}

/// Returns the person's own retention, days; `None`: they chose none.
pub async fn retention_days(db: &Db, user: UserId) -> sqlx::Result<Option<i32>> {
    const SELECT: &str = "SELECT retention_days FROM users WHERE id = $1";
    on!(db, pool => Ok(sqlx::query_scalar::<_, Option<i32>>(SELECT).bind(user.0).fetch_optional(pool).await?.flatten()))
}

/// Returns when the person chose their retention, microseconds since 1970; `None`: long ago, or never.
pub async fn retention_since_us(db: &Db, user: UserId) -> sqlx::Result<Option<i64>> {
    const SELECT: &str = "SELECT retention_since_us FROM users WHERE id = $1";
    on!(db, pool => Ok(sqlx::query_scalar::<_, Option<i64>>(SELECT).bind(user.0).fetch_optional(pool).await?.flatten()))
}

/// Sets or removes the person's own retention. A new one counts from a day later.
pub async fn set_retention_days(db: &Db, user: UserId, days: Option<i32>, now_us: i64) -> sqlx::Result<()> {
    const UPDATE: &str = "UPDATE users SET retention_days = $2, retention_since_us = $3 WHERE id = $1";
    on!(db, pool => sqlx::query(UPDATE).bind(user.0).bind(days).bind(now_us).execute(pool).await.map(drop))
}
