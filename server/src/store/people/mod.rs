//! Queries on people: accounts, what they sign in by, and what they give to programs and to others.

pub mod audit;
pub mod erasure;
pub mod grants;
pub mod identities;
pub mod logins;
pub mod passkeys;
pub mod passwords;
pub mod sign_ins;
pub mod tokens;
pub mod users;

use super::{Db, on};
use crate::clock::DAY_US;

/// How long lines of the audit log and visits of links are kept, days.
const AUDIT_DAYS: i64 = 366;

/// Times of use are written at most this often, microseconds: a row that every request writes would be a bottleneck.
pub(super) const SEEN_EVERY_US: i64 = 60_000_000;

/// Implements `as_str` and `TryFrom<String>` for an enum that is stored as text.
macro_rules! stored_as_text {
    ($kind:ident, $unknown:ident, $what:literal, $($variant:ident = $text:literal),+ $(,)?) => {
        impl $kind {
            /// Returns the text that is stored.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($kind::$variant => $text),+
                }
            }
        }

        #[derive(Debug, thiserror::Error)]
        #[error("{0:?} is no {what}", what = $what)]
        pub struct $unknown(String);

        impl TryFrom<String> for $kind {
            type Error = $unknown;
            fn try_from(text: String) -> Result<$kind, $unknown> {
                match text.as_str() {
                    $($text => Ok($kind::$variant),)+
                    _ => Err($unknown(text)),
                }
            }
        }
    };
}
use stored_as_text;

/// Removes what has expired: logins, sign-ins under way, password links, logout tokens, links to sets of questions, and after a year
/// lines of the audit log and visits of links. Returns how many rows.
pub async fn all_owners_sweep(db: &Db, now: i64, idle_us: i64) -> sqlx::Result<u64> {
    const IDLE: &str = "DELETE FROM logins WHERE expires_us <= $1 OR seen_us <= $2";
    on!(db, pool => {
        let mut gone = sqlx::query(IDLE).bind(now).bind(now - idle_us).execute(pool).await?.rows_affected();
        for delete in ["DELETE FROM sign_ins WHERE expires_us <= $1", "DELETE FROM password_links WHERE expires_us <= $1",
            "DELETE FROM logout_tokens WHERE expires_us <= $1", "DELETE FROM question_set_links WHERE expires_us <= $1"] {
            gone += sqlx::query(delete).bind(now).execute(pool).await?.rows_affected();
        }
        let old = now - AUDIT_DAYS * DAY_US;
        for delete in ["DELETE FROM audit WHERE at_us <= $1", "DELETE FROM visits WHERE opened_us <= $1"] {
            gone += sqlx::query(delete).bind(old).execute(pool).await?.rows_affected();
        }
        Ok(gone)
    })
}
