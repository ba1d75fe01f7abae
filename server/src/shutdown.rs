//! Stopping the server on SIGINT and SIGTERM, and a timer for work that is repeated until then.

use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// A timer for work that is repeated until the server stops.
pub struct Ticks {
    stop: CancellationToken,
    interval: Interval,
}

impl Ticks {
    /// Returns a timer that ticks at once and then every `period` until `stop`. A tick that comes late delays the next ones; none
    /// is made up for.
    pub fn until(stop: &CancellationToken, period: Duration) -> Self {
        let mut interval = tokio::time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { stop: stop.clone(), interval }
    }

    /// Waits for the next tick and returns true. Returns false when the server stops.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            _ = self.interval.tick() => true,
        }
    }
}

/// Returns when the process receives SIGINT or SIGTERM.
///
/// # Errors
/// The signals cannot be received.
pub async fn asked() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("the server was asked to stop by SIGTERM"),
        _ = interrupt.recv() => tracing::info!("the server was asked to stop by SIGINT"),
    }
    Ok(())
}
