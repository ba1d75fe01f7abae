//! Whether affect is estimated from faces.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// False: no valence, arousal or stress from the face. EU law forbids it at work and in education.
    pub enabled: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config { enabled: true }
    }
}
