//! Queries on people: accounts, what they sign in by, and what they give to programs and to others.

pub mod audit;
pub mod grants;
pub mod identities;
pub mod logins;
pub mod passwords;
pub mod sign_ins;
pub mod tokens;
pub mod users;

/// Times of use are written at most this often, microseconds: a row that every request writes would be a bottleneck.
const SEEN_EVERY_US: i64 = 60_000_000;

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
