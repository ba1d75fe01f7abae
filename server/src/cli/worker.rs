//! `coach worker`: analyzes uploads beside a server, on the same or another machine.

use crate::cli::open_database;
use crate::config::Config;
use crate::context::Context;
use crate::{analysis, jobs, objects, private, shutdown};
use std::time::Duration;

/// Interval at which the hub drops the state of sessions that are no longer worked on.
const UPKEEP: Duration = Duration::from_secs(60);

/// Works until SIGINT or SIGTERM. A running job then goes back into the queue at once.
///
/// # Errors
/// The database or the object store cannot be reached, or a model does not load.
pub async fn run(config: Config, count: Option<u32>) -> anyhow::Result<()> {
    private::from_now_on();
    let count = count.unwrap_or(config.jobs.workers).max(1);
    let objects = objects::archive::reach(&config).await?;
    let db = open_database(&config).await?;
    let context = Context::new(config, db, objects);
    let analyzers = analysis::load(&context).await?;
    let hands = jobs::analyses(&context, analyzers, count)?;
    tracing::info!(count, "the worker is ready");
    let mut upkeep = tokio::time::interval(UPKEEP);
    let asked = shutdown::asked();
    tokio::pin!(asked);
    loop {
        tokio::select! {
            asked = &mut asked => break asked?,
            _ = upkeep.tick() => context.hub.sweep(),
        }
    }
    context.shutdown.cancel();
    hands.wait().await;
    context.db.close().await;
    Ok(())
}
