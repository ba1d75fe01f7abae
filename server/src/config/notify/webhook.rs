//! The webhook: the address that is notified when a session is scored or has failed, and the secret that signs each delivery.

use crate::config::Error;
use serde::{Deserialize, Serialize};

/// Least number of characters of a secret that cannot be guessed.
const SECRET_MIN: usize = 16;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// URL that gets a POST per event; without it, no event is sent.
    pub url: Option<String>,
    /// Secret that signs each delivery; the receiver knows it.
    pub secret: Option<String>,
    /// Time within which the receiver must answer, seconds; otherwise the delivery is retried.
    pub timeout_s: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { url: None, secret: None, timeout_s: 10 }
    }
}

/// Omits the secret, and the address, which may contain one.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("webhook::Config").field("set", &self.url.is_some()).finish_non_exhaustive()
    }
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let invalid = |key, why: String| Err(Error::Invalid { key, why });
        let Some(url) = &self.url else { return Ok(()) };
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return invalid("webhook.url", "must begin with http:// or https://".into());
        }
        if self.secret.as_ref().is_none_or(|secret| secret.len() < SECRET_MIN) {
            return invalid("webhook.secret", format!("a webhook needs a secret of at least {SECRET_MIN} characters"));
        }
        if !(1..=60).contains(&self.timeout_s) {
            return invalid("webhook.timeout_s", "must be 1 to 60 seconds".into());
        }
        Ok(())
    }
}
