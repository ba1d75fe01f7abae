//! When the server stops: on SIGINT and SIGTERM; and what goes on until then.

use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// The times of some work that goes on until the server stops.
pub struct Ticks {
    stop: CancellationToken,
    interval: Interval,
}

impl Ticks {
    /// At once, and then every `period`. Work that takes longer is not made up for.
    pub fn until(stop: &CancellationToken, period: Duration) -> Self {
        let mut interval = tokio::time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { stop: stop.clone(), interval }
    }

    /// Waits for the next time; false when the server stops.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            _ = self.interval.tick() => true,
        }
    }
}

/// Returns when the process is asked to stop.
pub async fn asked() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("asked to stop by SIGTERM"),
        _ = interrupt.recv() => tracing::info!("asked to stop by SIGINT"),
    }
    Ok(())
}
