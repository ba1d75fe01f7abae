//! Waiting for a condition: as long as it takes, and not longer.

use std::time::{Duration, Instant};

/// The longest wait for something that takes seconds on an idle machine. It keeps a broken test from hanging and says
/// nothing about speed: a loaded machine does not reach it.
pub const LIMIT: Duration = Duration::from_secs(300);

/// The time between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(10);

/// Returns the first value that `ready` returns; looks again every 10 ms. `within` is [`LIMIT`] unless a shorter time
/// is what the test is about.
///
/// # Panics
/// There is no value within that time; the message says what was waited for.
pub async fn eventually<T>(within: Duration, what: &str, mut ready: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = ready().await {
            return value;
        }
        assert!(began.elapsed() < within, "waited {within:?} in vain: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits as [`eventually`] does, in a thread that may block.
///
/// # Panics
/// There is no value within that time; the message says what was waited for.
pub fn wait_until<T>(within: Duration, what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(began.elapsed() < within, "waited {within:?} in vain: {what}");
        std::thread::sleep(PAUSE);
    }
}
