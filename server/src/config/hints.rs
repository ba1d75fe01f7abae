//! What is hinted when the person decided nothing.

use coach_core::journal::HintSettings;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Ids of the cues that may be shown; without it, all there are.
    pub enabled: Option<Vec<String>>,
    /// At most one cue per this many milliseconds.
    pub budget_ms: i64,
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: None, budget_ms: 20_000 }
    }
}

impl Config {
    /// The settings of a session whose owner chose none; `all` are the ids of every cue there is.
    pub fn settings<'a>(&self, all: impl Iterator<Item = &'a str>) -> HintSettings {
        let enabled = self.enabled.clone().unwrap_or_else(|| all.map(str::to_owned).collect());
        HintSettings { enabled, budget_ms: self.budget_ms }
    }
}
