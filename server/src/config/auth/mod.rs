//! Who may sign in, and how. Without this section there is one person and no sign-in (personal mode).

use super::Error;
use axum::http::Uri;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether people sign in by a name and a password of this server; `coach people add` makes such accounts.
    pub local: bool,
    /// An OpenID Connect provider, exactly as it writes its own issuer, such as `https://login.example/`.
    pub issuer: Option<String>,
    /// This server's name at the provider.
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    /// What the sign-in page calls the provider.
    pub label: String,
    /// What is asked of the provider beside `openid`.
    pub scopes: Vec<String>,
    /// Where the provider says roles: a path of claims with dots, such as `realm_access.roles`. A dot within a claim's name is
    /// written as part of the path; the longest name that is there wins.
    pub roles_claim: String,
    /// Values of the claim that make somebody a coach.
    pub coaches: Vec<String>,
    /// Values of the claim that make somebody an administrator of the server, who reads no session.
    pub admins: Vec<String>,
    /// A browser that makes no request for so long is signed out, minutes.
    pub idle_minutes: u32,
    /// A browser is signed out after so many days, whatever it does.
    pub days: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            local: false,
            issuer: None,
            client_id: None,
            client_secret: None,
            label: "your organisation".into(),
            scopes: vec!["profile".into(), "email".into()],
            roles_claim: "roles".into(),
            coaches: Vec::new(),
            admins: Vec::new(),
            idle_minutes: 720,
            days: 14,
        }
    }
}

/// Omits the secret.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("auth::Config").field("local", &self.local).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Config {
    /// Returns whether people sign in; otherwise the server has one person.
    pub fn enabled(&self) -> bool {
        self.local || self.issuer.is_some()
    }

    /// Returns for how long a browser may be idle, microseconds.
    pub fn idle_us(&self) -> i64 {
        i64::from(self.idle_minutes) * 60_000_000
    }

    pub(super) fn check(&self, public_url: Option<&str>) -> Result<(), Error> {
        let invalid = |key, why: String| Err(Error::Invalid { key, why });
        if !(5..=43_200).contains(&self.idle_minutes) {
            return invalid("auth.idle_minutes", "must be 5 to 43200".into());
        }
        if !(1..=90).contains(&self.days) {
            return invalid("auth.days", "must be 1 to 90".into());
        }
        if let Some(issuer) = &self.issuer {
            if !is_protected(issuer) {
                return invalid("auth.issuer", format!("{issuer:?} must begin with https://, or name this machine"));
            }
            if self.client_id.as_deref().is_none_or(str::is_empty)
                || self.client_secret.as_deref().is_none_or(str::is_empty)
            {
                return invalid("auth.client_id", "a provider needs client_id and client_secret".into());
            }
        }
        // The cookie that signs a browser in must not travel where others can read it.
        if self.enabled() && public_url.is_some_and(|url| !is_protected(url)) {
            return invalid("http.public_url", "where people sign in it must begin with https://".into());
        }
        Ok(())
    }
}

/// Returns whether a URL is https, or is http on this machine.
fn is_protected(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    match uri.scheme_str() {
        Some("https") => uri.host().is_some(),
        Some("http") => matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(issuer: &str) -> Config {
        Config {
            issuer: Some(issuer.into()),
            client_id: Some("coach".into()),
            client_secret: Some("s".into()),
            ..Config::default()
        }
    }

    #[test]
    fn a_provider_is_reached_by_https_or_on_this_machine() {
        for issuer in ["https://login.example/", "http://127.0.0.1:9400", "http://localhost:1/realms/x"] {
            assert!(provider(issuer).check(None).is_ok(), "{issuer}");
        }
        for issuer in
            ["http://login.example/", "login.example", "", "ftp://x", "http://localhost.evil.example/", "https://"]
        {
            assert!(provider(issuer).check(None).is_err(), "{issuer}");
        }
        assert!(Config { client_secret: None, ..provider("https://login.example") }.check(None).is_err());
    }

    #[test]
    fn sign_in_needs_https_beyond_this_machine() {
        let local = Config { local: true, ..Config::default() };
        assert!(local.check(None).is_ok() && local.check(Some("https://coach.example")).is_ok());
        assert!(local.check(Some("http://coach.example")).is_err());
        assert!(Config::default().check(Some("http://coach.example")).is_ok());
    }

    #[test]
    fn the_secret_is_not_shown() {
        let config = Config { client_secret: Some("hush".into()), ..Config::default() };
        assert!(!format!("{config:?}").contains("hush"));
    }
}
