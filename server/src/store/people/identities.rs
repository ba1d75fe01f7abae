//! Queries on identities: what people sign in by.

use super::users::AccountRole;
use crate::clock::now_us;
use crate::store::{Db, in_transaction, on};
use coach_core::UserId;
use uuid::Uuid;

/// The issuer of local accounts.
pub const LOCAL: &str = "local";
/// The issuer of devices that were paired with a server where nobody signs in.
pub const PAIRED: &str = "paired";

/// What an issuer says about somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: Option<String>,
    /// In lower case, and verified; `None`: unknown or not verified.
    pub email: Option<String>,
    pub role: AccountRole,
}

/// Returns the person of this identity. A new identity makes a new person; a known one gets the name, address and role of the
/// profile. `None`: the account is disabled.
pub async fn sign_in(db: &Db, issuer: &str, subject: &str, profile: &Profile) -> sqlx::Result<Option<UserId>> {
    match enter(db, issuer, subject, profile).await {
        // Two first sign-ins at once: the other one has made the person.
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => enter(db, issuer, subject, profile).await,
        done => done,
    }
}

async fn enter(db: &Db, issuer: &str, subject: &str, profile: &Profile) -> sqlx::Result<Option<UserId>> {
    const FIND: &str = "UPDATE identities SET used_us = $3 WHERE issuer = $1 AND subject = $2 RETURNING person";
    const RENEW: &str = "UPDATE users SET name = $2, email = $3, role = $4 WHERE id = $1 AND disabled_us IS NULL";
    in_transaction!(db, tx => {
        let now = now_us();
        let found: Option<Uuid> =
            sqlx::query_scalar(FIND).bind(issuer).bind(subject).bind(now).fetch_optional(&mut *tx).await?;
        if let Some(person) = found {
            let renewed = sqlx::query(RENEW).bind(person).bind(&profile.name).bind(&profile.email)
                .bind(profile.role.as_str()).execute(&mut *tx).await?;
            return Ok((renewed.rows_affected() == 1).then_some(UserId(person)));
        }
        let person = Uuid::now_v7();
        let kind = if issuer == LOCAL { "local" } else { "oidc" };
        sqlx::query("INSERT INTO users (id, kind, subject, name, email, role, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(person).bind(kind).bind(person.to_string()).bind(&profile.name).bind(&profile.email)
            .bind(profile.role.as_str()).bind(now).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO identities (id, person, issuer, subject, created_us, used_us) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(Uuid::now_v7()).bind(person).bind(issuer).bind(subject).bind(now).bind(now).execute(&mut *tx).await?;
        Ok(Some(UserId(person)))
    })
}

/// Returns the person of an identity, disabled or not.
pub async fn find(db: &Db, issuer: &str, subject: &str) -> sqlx::Result<Option<UserId>> {
    const SELECT: &str = "SELECT person FROM identities WHERE issuer = $1 AND subject = $2";
    on!(db, pool => Ok(sqlx::query_scalar::<_, Uuid>(SELECT).bind(issuer).bind(subject).fetch_optional(pool).await?.map(UserId)))
}

/// Returns what every person signs in by: person, issuer and subject.
pub async fn all(db: &Db) -> sqlx::Result<Vec<(Uuid, String, String)>> {
    on!(db, pool => sqlx::query_as("SELECT person, issuer, subject FROM identities ORDER BY created_us, id").fetch_all(pool).await)
}
