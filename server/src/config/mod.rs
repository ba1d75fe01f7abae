//! Configuration: defaults < `coach.toml` < environment (`COACH_…`) < flags, one struct per concern.
//!
//! An unknown key is an error that names it, in every layer.

pub mod affect;
pub mod auth;
pub mod database;
pub mod hints;
pub mod http;
pub mod jobs;
pub mod layers;
pub mod limits;
pub mod media;
pub mod models;
pub mod notify;
pub mod providers;
pub mod storage;

pub use layers::{Error, Layers};

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// All settings of an operator.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub http: http::Config,
    pub database: database::Config,
    pub storage: storage::Config,
    pub media: media::Config,
    pub limits: limits::Config,
    pub hints: hints::Config,
    pub affect: affect::Config,
    pub models: models::Config,
    pub jobs: jobs::Config,
    pub webhook: notify::webhook::Config,
    pub auth: auth::Config,
    pub providers: providers::Config,
    pub turn: media::turn::Config,
    pub mail: notify::mail::Config,
}

/// Names of the sections in `coach.toml` and after `COACH_`.
pub const SECTIONS: [&str; 14] = [
    "http",
    "database",
    "storage",
    "media",
    "limits",
    "hints",
    "affect",
    "models",
    "jobs",
    "webhook",
    "auth",
    "providers",
    "turn",
    "mail",
];

impl Config {
    /// Returns the defaults of a server that other devices of the same network use, as a phone: https, and media from the network.
    pub fn for_network() -> Config {
        let mut config = Config::default();
        config.http.bind = std::net::SocketAddr::from(([0, 0, 0, 0], 8443));
        config.http.tls = true;
        config.media.udp_from = media::From::Network;
        config
    }

    /// Checks combinations of values that cannot work together.
    pub fn check(&self) -> Result<(), Error> {
        self.auth.check(self.http.public_url.as_deref())?;
        self.http.check(self.auth.enabled())?;
        self.storage.check()?;
        self.media.check()?;
        self.limits.check()?;
        self.jobs.check()?;
        self.webhook.check()?;
        self.turn.check()?;
        self.mail.check()?;
        self.providers.check(self.affect.enabled)
    }

    /// Returns the address of the database: the configured one, else SQLite in the data folder.
    pub fn database_url(&self) -> String {
        self.database
            .url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}", self.storage.data.join("coach.db").display()))
    }

    /// Returns the path of the database's file; `None`: it is PostgreSQL, or SQLite in memory.
    pub fn database_file(&self) -> Option<PathBuf> {
        let url = self.database_url();
        let path = url.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next()?;
        (!path.is_empty() && !path.starts_with(':')).then(|| PathBuf::from(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_database_is_known() {
        let file = |url: &str| {
            let mut config = Config::default();
            config.database.url = Some(url.into());
            config.database_file()
        };
        assert_eq!(file("sqlite:///a/coach.db?mode=rwc"), Some("/a/coach.db".into()));
        assert_eq!(file("sqlite:data/coach.db"), Some("data/coach.db".into()));
        assert_eq!((file("sqlite::memory:"), file("postgres://coach@db/coach")), (None, None));
        assert_eq!(Config::default().database_file(), Some("data/coach.db".into()));
    }

    #[test]
    fn the_example_file_is_the_defaults_and_names_every_key() {
        let text = include_str!("../../../coach.example.toml");
        assert_eq!(toml::from_str::<Config>(text).unwrap(), Config::default());
        // With the commented keys too, it is still understood.
        let uncommented: String = text
            .lines()
            .filter(|line| {
                !line.starts_with("# ") || line[2..].split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
            })
            .map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line)))
            .collect();
        let all: Config = toml::from_str(&uncommented).unwrap();
        assert!(all.storage.secret_key.is_some() && all.hints.enabled.is_some() && all.database.url.is_some());
    }

    #[test]
    fn the_example_environment_is_understood() {
        let text = include_str!("../../../.env.example");
        let pairs = text.lines().filter_map(|line| line.strip_prefix("#COACH_")?.split_once('='));
        // Feelings are estimated here or by nobody: the examples of both do not go together.
        let pairs = pairs.filter(|(name, _)| *name != "AFFECT_ENABLED");
        let environment: Vec<_> = pairs
            .map(|(name, value)| (format!("COACH_{name}"), value.to_owned()))
            .chain([("COACH_STORAGE_ACCESS_KEY".into(), "x".into()), ("COACH_STORAGE_SECRET_KEY".into(), "y".into())])
            .collect();
        assert!(environment.len() > 10);
        Layers { environment, ..Layers::default() }.load().unwrap();
    }
}
