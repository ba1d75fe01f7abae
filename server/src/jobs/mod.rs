//! Jobs: work that outlives a request, one file per kind, each safe to run twice.

pub mod analyze;
pub mod erase;
mod hold;
mod job;
pub mod late_words;
pub mod notify;
pub mod providers;
pub mod relay;
pub mod rescore;
pub mod retention;
pub mod uploaded;
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

/// Starts the workers of this process that analyze uploads, and one that asks services of others, until the context shuts down.
///
/// # Errors
/// The data folder cannot be written, or the client of a service cannot be made.
pub fn analyses(context: &Context, analyzers: Analyzers, count: u32) -> anyhow::Result<TaskTracker> {
    let place = Arc::new(Workplace::open(&context.config.storage.data)?);
    let transcribe = providers::transcribe::Transcribe::new(context.clone(), analyzers.models.clone(), place.clone())?;
    let review = providers::review::Review::new(context.clone())?;
    let estimate = providers::affect::Estimate::new(context.clone(), place.clone())?;
    let late = late_words::LateWords::new(context.clone(), analyzers.models.clone(), place.clone());
    let late: Arc<dyn Job> = Arc::new(late);
    let analyze: Arc<dyn Job> = Arc::new(analyze::Analyze::new(context.clone(), analyzers, place));
    // Those who wait for services of others keep nobody else waiting.
    let outside: Vec<Arc<dyn Job>> = vec![Arc::new(transcribe), Arc::new(review), Arc::new(estimate)];
    let outside = (count > 0).then_some(outside);
    Ok(start(context, (0..count).map(|_| vec![analyze.clone(), late.clone()]).chain(outside)))
}

/// Starts the workers for system jobs (erasing, the webhook and mail; scoring again), which run only in the server's process.
///
/// # Errors
/// No client for the webhook or for mail can be created.
pub fn system(context: &Context) -> anyhow::Result<TaskTracker> {
    let erase: Arc<dyn Job> = Arc::new(erase::Erase(context.clone()));
    let webhook: Arc<dyn Job> = Arc::new(notify::webhook::Webhook::new(context.clone())?);
    let mail: Arc<dyn Job> = Arc::new(notify::mail::Mail::new(context.clone())?);
    // One worker alone: no session is scored twice at once.
    let rescore: Arc<dyn Job> = Arc::new(rescore::Rescore(context.clone()));
    Ok(start(context, [vec![erase, webhook, mail], vec![rescore]]))
}

fn start(context: &Context, hands: impl IntoIterator<Item = Vec<Arc<dyn Job>>>) -> TaskTracker {
    let tasks = TaskTracker::new();
    for jobs in hands {
        let worker = Worker::new(context.queue.clone(), context.config.jobs.clone(), jobs);
        let stop = context.shutdown.clone();
        tasks.spawn(async move { worker.run(stop).await });
    }
    tasks.close();
    tasks
}
