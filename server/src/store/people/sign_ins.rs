//! Queries on sign-ins that are under way at a provider, and on the provider's logout tokens.

use crate::secret;
use crate::store::{Db, on};

/// What a sign-in needs when the browser comes back from the provider.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct SignIn {
    pub nonce: String,
    /// The PKCE code verifier (RFC 7636).
    pub verifier: String,
    /// The page to go to afterwards, a path of this server.
    pub back_to: String,
}

/// Keeps a sign-in until the browser comes back with this state.
pub async fn begin(db: &Db, state: &str, sign_in: &SignIn, expires_us: i64) -> sqlx::Result<()> {
    const INSERT: &str =
        "INSERT INTO sign_ins (hash, nonce, verifier, back_to, expires_us) VALUES ($1, $2, $3, $4, $5)";
    on!(db, pool => sqlx::query(INSERT).bind(secret::hash(state)).bind(&sign_in.nonce).bind(&sign_in.verifier)
        .bind(&sign_in.back_to).bind(expires_us).execute(pool).await.map(drop))
}

/// Returns the sign-in of a state and forgets it; `None`: unknown, used or expired.
pub async fn take(db: &Db, state: &str, now: i64) -> sqlx::Result<Option<SignIn>> {
    const DELETE: &str = "DELETE FROM sign_ins WHERE hash = $1 AND expires_us > $2 RETURNING nonce, verifier, back_to";
    on!(db, pool => sqlx::query_as(DELETE).bind(secret::hash(state)).bind(now).fetch_optional(pool).await)
}

/// Notes a logout token by its id. Returns false for one that was noted before.
pub async fn note_logout(db: &Db, issuer: &str, token_id: &str, expires_us: i64) -> sqlx::Result<bool> {
    const INSERT: &str = "INSERT INTO logout_tokens (hash, expires_us) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    let hash = secret::hash(&format!("{issuer}\n{token_id}"));
    on!(db, pool => Ok(sqlx::query(INSERT).bind(hash).bind(expires_us).execute(pool).await?.rows_affected() == 1))
}
