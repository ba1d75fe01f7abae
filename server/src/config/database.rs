//! The database.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `sqlite://path` or `postgres://user:password@host/name`; without it, SQLite in the data folder.
    pub url: Option<String>,
    /// Largest number of open connections.
    pub max_connections: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { url: None, max_connections: 8 }
    }
}
