//! Which hints are shown when the person chose none.

use coach_core::journal::HintSettings;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Ids of the hints that may be shown; without it, all.
    pub enabled: Option<Vec<String>>,
    /// At most one hint per this many milliseconds.
    pub budget_ms: i64,
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: None, budget_ms: 20_000 }
    }
}

impl Config {
    /// Returns the settings of a session whose owner chose none. `all` are the ids of every hint.
    pub fn settings<'a>(&self, all: impl Iterator<Item = &'a str>) -> HintSettings {
        let enabled = self.enabled.clone().unwrap_or_else(|| all.map(str::to_owned).collect());
        HintSettings { enabled, budget_ms: self.budget_ms }
    }
}
