//! Services of others that sessions are sent to, each only where the operator sets its address and the person has agreed: a recognizer of
//! speech, language models, a service for emotions.

use super::Error;
use axum::http::Uri;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// An OpenAI-compatible server that writes speech down, up to its version, such as `https://api.example/v1`.
    pub transcription_url: Option<String>,
    /// What is presented to it as a bearer token.
    pub transcription_key: Option<String>,
    /// Its model.
    pub transcription_model: String,
    /// What people speak, as ISO 639-1 has it; empty: the model finds out.
    pub transcription_language: String,
    /// An OpenAI-compatible server with a language model that reads what was said, up to its version.
    pub review_url: Option<String>,
    pub review_key: Option<String>,
    pub review_model: Option<String>,
    /// An OpenAI-compatible server with a language model that words the question that follows an answer, up to its version.
    pub follow_up_url: Option<String>,
    pub follow_up_key: Option<String>,
    pub follow_up_model: Option<String>,
    /// The service of Imentiv, such as `https://api.imentiv.ai`.
    pub imentiv_url: Option<String>,
    pub imentiv_key: Option<String>,
    /// Time within which a request must be answered, seconds. For a question that follows an answer it is less than two.
    pub timeout_s: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            transcription_url: None,
            transcription_key: None,
            transcription_model: "whisper-1".into(),
            transcription_language: "en".into(),
            review_url: None,
            review_key: None,
            review_model: None,
            follow_up_url: None,
            follow_up_key: None,
            follow_up_model: None,
            imentiv_url: None,
            imentiv_key: None,
            timeout_s: 120,
        }
    }
}

/// Omits the keys, and the addresses, which may contain some.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("providers::Config")
            .field("transcription", &self.transcription_url.is_some())
            .field("review", &self.review_url.is_some())
            .field("follow_up", &self.follow_up_url.is_some())
            .field("imentiv", &self.imentiv_url.is_some())
            .finish_non_exhaustive()
    }
}

impl Config {
    pub(super) fn check(&self, affect: bool) -> Result<(), Error> {
        let invalid = |key, why: &str| Err(Error::Invalid { key, why: why.to_owned() });
        let addresses = [
            ("providers.transcription_url", &self.transcription_url),
            ("providers.review_url", &self.review_url),
            ("providers.follow_up_url", &self.follow_up_url),
            ("providers.imentiv_url", &self.imentiv_url),
        ];
        for (key, url) in addresses {
            if url.as_deref().is_some_and(|url| !is_protected(url)) {
                return invalid(
                    key,
                    "must begin with https://, or with http:// and name a machine of this network; no user, no query",
                );
            }
        }
        if self.transcription_model.trim().is_empty() {
            return invalid("providers.transcription_model", "must name a model");
        }
        let language = &self.transcription_language;
        if !(language.is_empty() || language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase())) {
            return invalid("providers.transcription_language", "must be two small letters, such as \"en\", or empty");
        }
        let models = [
            ("providers.review_model", &self.review_url, &self.review_model),
            ("providers.follow_up_model", &self.follow_up_url, &self.follow_up_model),
        ];
        for (key, url, model) in models {
            if url.is_some() && model.as_deref().is_none_or(|model| model.trim().is_empty()) {
                return invalid(key, "a language model needs its name");
            }
        }
        if self.imentiv_url.is_some() && self.imentiv_key.as_deref().is_none_or(str::is_empty) {
            return invalid("providers.imentiv_key", "Imentiv needs a key");
        }
        if self.imentiv_url.is_some() && !affect {
            return invalid(
                "providers.imentiv_url",
                "where affect.enabled is false nobody else estimates feelings either",
            );
        }
        if !(5..=600).contains(&self.timeout_s) {
            return invalid("providers.timeout_s", "must be 5 to 600 seconds");
        }
        Ok(())
    }
}

/// Returns whether a URL is https, or http to a machine of the same network: an address of it, or a name without a dot.
fn is_protected(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let (Some(host), None) = (uri.host(), uri.query()) else { return false };
    if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
        return false;
    }
    let near = match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => !host.contains('.'),
    };
    uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(url: &str) -> Config {
        Config { transcription_url: Some(url.into()), ..Config::default() }
    }

    #[test]
    fn speech_leaves_the_network_encrypted_or_not_at_all() {
        for url in [
            "https://api.example/v1",
            "http://127.0.0.1:8000/v1",
            "http://[::1]/v1",
            "http://speaches:8000/v1",
            "http://10.0.0.7/v1",
        ] {
            assert!(with(url).check(true).is_ok(), "{url}");
        }
        for url in [
            "",
            "api.example",
            "http://api.example/v1",
            "http://8.8.8.8/v1",
            "file:///etc/passwd",
            "https://key@api.example/v1",
            "https://api.example/v1?key=1",
            "ftp://127.0.0.1/",
        ] {
            assert!(with(url).check(true).is_err(), "{url}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_no_key_is_shown() {
        let near = || Some("http://127.0.0.1:1".to_owned());
        let wrong = [
            Config { review_url: near(), ..Config::default() },
            Config { follow_up_url: near(), follow_up_model: Some(" ".into()), ..Config::default() },
            Config { imentiv_url: near(), ..Config::default() },
            Config { transcription_model: " ".into(), ..Config::default() },
            Config { transcription_language: "english".into(), ..Config::default() },
            Config { timeout_s: 0, ..Config::default() },
        ];
        for config in wrong {
            assert!(config.check(true).is_err(), "{config:?}");
        }
        let imentiv = Config { imentiv_url: near(), imentiv_key: Some("a secret".into()), ..Config::default() };
        assert!(imentiv.check(true).is_ok() && imentiv.check(false).is_err());
        assert!(!format!("{imentiv:?}").contains("secret") && !format!("{imentiv:?}").contains("127"));
    }
}
