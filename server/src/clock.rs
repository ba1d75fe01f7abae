//! Wall time in the unit that the database and the pages use.

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns the current wall time in microseconds since 1970 (UTC).
pub fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A day in microseconds.
pub const DAY_US: i64 = 24 * 3600 * 1_000_000;
