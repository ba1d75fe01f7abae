//! Queries on passwords of local accounts, and on the links by which they are set.

use super::identities::{LOCAL, Profile};
use super::{identities, users};
use crate::secret;
use crate::store::{Db, in_transaction, on};
use coach_core::UserId;
use uuid::Uuid;

/// Returns the person of a local account in use and the hash of their password; `None`: no such account, or it has no password yet.
pub async fn hash_of(db: &Db, name: &str) -> sqlx::Result<Option<(UserId, String)>> {
    const SELECT: &str = "SELECT i.person, p.hash FROM identities i JOIN passwords p ON p.person = i.person
        JOIN users u ON u.id = i.person WHERE i.issuer = 'local' AND i.subject = $1 AND u.disabled_us IS NULL";
    let row: Option<(Uuid, String)> = on!(db, pool => sqlx::query_as(SELECT).bind(name).fetch_optional(pool).await?);
    Ok(row.map(|(person, hash)| (UserId(person), hash)))
}

/// Makes a local account, or finds it. Its name is its e-mail address in lower case. `None`: it is disabled.
pub async fn add(db: &Db, email: &str, name: Option<String>, role: users::AccountRole) -> sqlx::Result<Option<UserId>> {
    let profile = Profile { name, email: Some(email.to_owned()), role };
    identities::sign_in(db, LOCAL, email, &profile).await
}

/// Makes a link by which the person sets a password, once. Links made before end. Returns its secret.
pub async fn link(db: &Db, person: UserId, expires_us: i64) -> sqlx::Result<String> {
    let secret = secret::generate();
    in_transaction!(db, tx => {
        sqlx::query("DELETE FROM password_links WHERE person = $1").bind(person.0).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO password_links (hash, person, expires_us) VALUES ($1, $2, $3)")
            .bind(secret::hash(&secret)).bind(person.0).bind(expires_us).execute(&mut *tx).await?;
        Ok(())
    })?;
    Ok(secret)
}

/// Returns whom a link is for, if it is known, unused and has not expired.
pub async fn of_link(db: &Db, secret: &str, now: i64) -> sqlx::Result<Option<UserId>> {
    const SELECT: &str = "SELECT l.person FROM password_links l JOIN users u ON u.id = l.person
        WHERE l.hash = $1 AND l.expires_us > $2 AND u.disabled_us IS NULL";
    on!(db, pool => Ok(sqlx::query_scalar::<_, Uuid>(SELECT).bind(secret::hash(secret)).bind(now).fetch_optional(pool).await?.map(UserId)))
}

/// Uses a link up: sets the password, signs every browser of the person out and revokes their tokens. `None`: the link is not valid.
pub async fn set_by_link(db: &Db, secret: &str, hash: &str, now: i64) -> sqlx::Result<Option<UserId>> {
    const TAKE: &str = "DELETE FROM password_links WHERE hash = $1 AND expires_us > $2 RETURNING person";
    const SET: &str = "INSERT INTO passwords (person, hash, changed_us) VALUES ($1, $2, $3)
        ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed_us = excluded.changed_us";
    const REVOKE: &str = "UPDATE tokens SET revoked_us = $2 WHERE owner = $1 AND revoked_us IS NULL";
    in_transaction!(db, tx => {
        let person: Option<Uuid> =
            sqlx::query_scalar(TAKE).bind(secret::hash(secret)).bind(now).fetch_optional(&mut *tx).await?;
        let Some(person) = person else { return Ok(None) };
        sqlx::query(SET).bind(person).bind(hash).bind(now).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM logins WHERE person = $1").bind(person).execute(&mut *tx).await?;
        sqlx::query(REVOKE).bind(person).bind(now).execute(&mut *tx).await?;
        Ok(Some(UserId(person)))
    })
}
