//! The TURN server that relays media for people whose network lets nothing else through.

use crate::config::Error;
use serde::{Deserialize, Serialize};

/// Least number of characters of a secret that cannot be guessed.
const SECRET_MIN: usize = 16;

/// A secret that is not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(set)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Addresses of one TURN server, `turn:host:port?transport=udp`, `?transport=tcp` or `turns:host:port`; without any, media is not
    /// relayed.
    pub urls: Vec<String>,
    /// Secret that the TURN server knows too (`static-auth-secret` of coturn): credentials are made from it.
    pub secret: Option<Secret>,
    /// How long a credential is good, seconds. A relay that goes on outlives it.
    pub ttl_s: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { urls: Vec::new(), secret: None, ttl_s: 3600 }
    }
}

impl Config {
    /// Returns the addresses and the secret; `None`: media is not relayed.
    pub fn relay(&self) -> Option<(&[String], &str)> {
        let secret = self.secret.as_ref().filter(|_| !self.urls.is_empty())?;
        Some((&self.urls, &secret.0))
    }

    pub(in crate::config) fn check(&self) -> Result<(), Error> {
        let invalid = |key, why: String| Err(Error::Invalid { key, why });
        // The address stands in an HTTP header, in quotes or angle brackets.
        let fits = |url: &str| {
            let scheme = url.starts_with("turn:") || url.starts_with("turns:");
            scheme && url.len() <= 256 && url.chars().all(|c| c.is_ascii_graphic() && !"<>\",;\\".contains(c))
        };
        if let Some(url) = self.urls.iter().find(|url| !fits(url)) {
            let why =
                format!("{url:?} is no address of a TURN server, such as turn:turn.example.org:3478?transport=udp");
            return invalid("turn.urls", why);
        }
        if self.urls.is_empty() {
            return Ok(());
        }
        if self.secret.as_ref().is_none_or(|secret| secret.0.len() < SECRET_MIN) {
            let why = format!("a TURN server needs a secret of at least {SECRET_MIN} characters, which it knows too");
            return invalid("turn.secret", why);
        }
        if !(60..=86_400).contains(&self.ttl_s) {
            return invalid("turn.ttl_s", "must be 60 to 86400 seconds".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str, secret: Option<&str>) -> Config {
        Config { urls: vec![url.into()], secret: secret.map(|s| Secret(s.into())), ..Config::default() }
    }

    #[test]
    fn an_address_that_is_none_and_a_secret_that_can_be_guessed_are_refused_by_their_keys() {
        let long = Some("0123456789abcdef");
        assert!(Config::default().check().is_ok());
        assert!(config("turn:turn.example.org:3478?transport=udp", long).check().is_ok());
        for wrong in
            ["", "stun:x:1", "http://x", "turn:x>;rel=", "turn:x y", "turn:\"", "turn:\u{e9}", "turn:x\r\ny: z"]
        {
            let error = config(wrong, long).check().unwrap_err().to_string();
            assert!(error.contains("turn.urls"), "{error}");
        }
        for secret in [None, Some("short")] {
            let error = config("turns:turn.example.org:443", secret).check().unwrap_err().to_string();
            assert!(error.contains("turn.secret"), "{error}");
        }
        assert!(!format!("{:?}", config("turn:x:1", long)).contains("0123"));
    }
}
