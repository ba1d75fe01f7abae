//! Background jobs: how many run at once, and how long a lease lasts.

use super::Error;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Jobs that run at once in this process; 0: `coach serve` leaves all analysis to `coach worker`.
    pub workers: u32,
    /// Length of a lease, seconds: a worker that does not renew it for this long loses its job.
    pub lease_s: u32,
    /// Interval at which an idle worker looks for jobs that other processes enqueued, milliseconds.
    pub poll_ms: u32,
    /// Wall time that an analysis may take beyond ten times the length of its media, seconds.
    pub leeway_s: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { workers: 1, lease_s: 30, poll_ms: 1000, leeway_s: 600 }
    }
}

impl Config {
    pub(super) fn check(&self) -> Result<(), Error> {
        let invalid = |key, why: &str| Err(Error::Invalid { key, why: why.into() });
        match self {
            Config { workers: 65.., .. } => invalid("jobs.workers", "must be at most 64"),
            Config { lease_s: 0 | 3601.., .. } => invalid("jobs.lease_s", "must be 1 to 3600 seconds"),
            Config { poll_ms: 0..=49 | 60_001.., .. } => invalid("jobs.poll_ms", "must be 50 to 60000 milliseconds"),
            Config { leeway_s: 0..=59 | 86_401.., .. } => invalid("jobs.leeway_s", "must be 60 to 86400 seconds"),
            _ => Ok(()),
        }
    }

    /// Returns the length of a lease, microseconds.
    pub fn lease_us(&self) -> i64 {
        i64::from(self.lease_s) * 1_000_000
    }

    /// Returns the wall time that an analysis may take beyond ten times the length of its media.
    pub fn leeway(&self) -> Duration {
        Duration::from_secs(self.leeway_s.into())
    }
}
