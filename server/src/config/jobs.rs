//! Work that outlives a request: how many hands, how long a lease.

use super::Error;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Jobs at once in this process; 0: `coach serve` leaves all work to `coach worker`.
    pub workers: u32,
    /// A worker that is silent this long has lost its job to the next one, seconds.
    pub lease_s: u32,
    /// How often an idle worker looks for jobs that other processes put into the queue, milliseconds.
    pub poll_ms: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { workers: 1, lease_s: 30, poll_ms: 1000 }
    }
}

impl Config {
    pub(super) fn check(&self) -> Result<(), Error> {
        let invalid = |key, why: &str| Err(Error::Invalid { key, why: why.into() });
        match self {
            Config { workers: 65.., .. } => invalid("jobs.workers", "must be at most 64"),
            Config { lease_s: 0 | 3601.., .. } => invalid("jobs.lease_s", "must be 1 to 3600 seconds"),
            Config { poll_ms: 0..=49 | 60_001.., .. } => invalid("jobs.poll_ms", "must be 50 to 60000 milliseconds"),
            _ => Ok(()),
        }
    }

    /// The lease, microseconds.
    pub fn lease_us(&self) -> i64 {
        i64::from(self.lease_s) * 1_000_000
    }
}
