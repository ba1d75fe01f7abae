//! Mail: the SMTP server that takes it, and whom it is from. Without this section no mail is sent.

use crate::config::Error;
use axum::http::Uri;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The SMTP server: `smtps://coach@mail.example` speaks TLS from the first byte, `smtp://coach@mail.example:587?tls=required` after a
    /// greeting; `smtp://` alone names this machine. Without it no mail is sent.
    pub url: Option<String>,
    /// Password of the name in the address.
    pub password: Option<String>,
    /// Whom mail is from, such as `Interview Coach <coach@uni.example>`.
    pub from: Option<String>,
}

/// Omits the address and the password.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("mail::Config").field("set", &self.url.is_some()).finish_non_exhaustive()
    }
}

impl Config {
    /// Returns whether mail is sent.
    pub fn enabled(&self) -> bool {
        self.url.is_some()
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let invalid = |key, why: &str| Err(Error::Invalid { key, why: why.into() });
        let Some(url) = &self.url else { return Ok(()) };
        // The address may hold a name and a password, so none of it is repeated.
        let Ok(uri) = url.parse::<Uri>() else { return invalid("mail.url", "is no address") };
        let here = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let protected = match uri.scheme_str() {
            Some("smtps") => true,
            Some("smtp") => {
                here || uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "tls=required"))
            }
            _ => return invalid("mail.url", "must begin with smtps:// or smtp://"),
        };
        if !protected {
            return invalid("mail.url", "must begin with smtps:// or end with ?tls=required, or name this machine");
        }
        if self.from.as_ref().is_none_or(|from| from.parse::<Mailbox>().is_err()) {
            return invalid("mail.from", "must be an address, such as Interview Coach <coach@uni.example>");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(url: &str) -> Config {
        Config { url: Some(url.into()), password: None, from: Some("Coach <coach@uni.test>".into()) }
    }

    #[test]
    fn mail_travels_protected_or_on_this_machine() {
        for url in ["smtps://coach@mail.test", "smtp://coach@mail.test:587?tls=required", "smtp://127.0.0.1:2525"] {
            assert!(with(url).check().is_ok(), "{url}");
        }
        for url in [
            "smtp://mail.test",
            "smtp://mail.test?tls=opportunistic",
            "smtp://localhost.evil.test",
            "https://mail.test",
            "mail.test",
            "",
        ] {
            assert!(with(url).check().is_err(), "{url}");
        }
        assert!(Config::default().check().is_ok());
        for from in [None, Some(""), Some("coach"), Some("a@b\r\nBcc: everybody@uni.test")] {
            let config = Config { from: from.map(Into::into), ..with("smtps://mail.test") };
            assert!(config.check().is_err(), "{from:?}");
        }
    }

    #[test]
    fn neither_address_nor_password_is_shown() {
        let config = Config { password: Some("hush".into()), ..with("smtps://secret@mail.test") };
        assert!(!format!("{config:?}").contains("hush") && !format!("{config:?}").contains("secret"));
    }
}
