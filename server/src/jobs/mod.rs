//! Jobs: work that outlives a request, one file per kind, each safe to run twice.

pub mod analyze;
pub mod erase;
mod hold;
mod job;
pub mod relay;
pub mod retention;
pub mod uploaded;
pub mod webhook;
mod worker;
mod workplace;

pub use hold::Hold;
pub use job::{Hopeless, Job, subject};
pub use worker::Worker;

use crate::analysis::Analyzers;
use crate::context::Context;
use std::sync::Arc;
use tokio_util::task::TaskTracker;
pub use workplace::Workplace;

/// Starts the workers of this process that analyze uploads, until the context shuts down.
///
/// # Errors
/// The data folder cannot be written.
pub fn analyses(context: &Context, analyzers: Analyzers, count: u32) -> anyhow::Result<TaskTracker> {
    let place = Arc::new(Workplace::open(&context.config.storage.data)?);
    let analyze: Arc<dyn Job> = Arc::new(analyze::Analyze::new(context.clone(), analyzers, place));
    Ok(start(context, (0..count).map(|_| [analyze.clone()])))
}

/// Starts the worker for system jobs (erasing, the webhook), which run only in the server's process.
///
/// # Errors
/// No HTTP client for the webhook can be created.
pub fn system(context: &Context) -> anyhow::Result<TaskTracker> {
    let erase: Arc<dyn Job> = Arc::new(erase::Erase(context.clone()));
    Ok(start(context, [[erase, Arc::new(webhook::Webhook::new(context.clone())?)]]))
}

fn start<const N: usize>(context: &Context, hands: impl IntoIterator<Item = [Arc<dyn Job>; N]>) -> TaskTracker {
    let tasks = TaskTracker::new();
    for jobs in hands {
        let worker = Worker::new(context.queue.clone(), context.config.jobs.clone(), jobs);
        let stop = context.shutdown.clone();
        tasks.spawn(async move { worker.run(stop).await });
    }
    tasks.close();
    tasks
}
