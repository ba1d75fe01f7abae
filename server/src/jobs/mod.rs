//! Work that outlives a request: one file per job, each safe to run twice.

pub mod analyze;
pub mod erase;
mod hold;
pub mod retention;
pub mod webhook;
mod worker;
mod workplace;

pub use hold::Hold;
pub use worker::Worker;

use crate::app::Context;
use crate::drive::Senses;
use crate::store::{self, Db};
use async_trait::async_trait;
use coach_core::{SessionId, UserId};
use std::sync::Arc;
use store::jobs::{Claimed, NewJob};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;
use workplace::Workplace;

/// The queue: rows in the table, and a bell for the workers of this process.
#[derive(Clone)]
pub struct Queue {
    db: Db,
    bell: Arc<Notify>,
}

impl Queue {
    pub fn new(db: Db) -> Queue {
        Queue { db, bell: Arc::new(Notify::new()) }
    }

    pub async fn enqueue(&self, job: NewJob<'_>) -> sqlx::Result<uuid::Uuid> {
        let id = store::jobs::enqueue(&self.db, job).await?;
        self.bell.notify_waiters();
        Ok(id)
    }

    /// The same, unless a job of this kind and session is queued or at work already.
    pub async fn enqueue_once(&self, job: NewJob<'_>) -> sqlx::Result<uuid::Uuid> {
        let id = store::jobs::enqueue_once(&self.db, job).await?;
        self.bell.notify_waiters();
        Ok(id)
    }
}

/// Workers of this process that analyse uploads, until the context shuts down.
///
/// # Errors
/// The data folder cannot be written.
pub fn analysts(context: &Context, senses: Senses, count: u32) -> anyhow::Result<TaskTracker> {
    let place = Arc::new(Workplace::open(&context.config.storage.data)?);
    let analyze: Arc<dyn Job> = Arc::new(analyze::Analyze::new(context.clone(), senses, place));
    Ok(start(context, (0..count).map(|_| [analyze.clone()])))
}

/// The worker for the house's own small tasks, which belong to the machine of the server.
///
/// # Errors
/// No client for the webhook can be made.
pub fn chores(context: &Context) -> anyhow::Result<TaskTracker> {
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

/// A kind of work. Running it twice must do no harm: a lease can end while the work goes on.
#[async_trait]
pub trait Job: Send + Sync {
    fn kind(&self) -> &'static str;

    /// Does it. An error that holds a [`Hopeless`] is the last; any other is tried again after a pause. It is dropped half-way
    /// when the lease is lost or the worker stops.
    async fn run(&self, job: &Claimed, hold: &Hold) -> anyhow::Result<()>;

    /// It will not be tried again, for this reason. Called before the job is dead, perhaps more than once.
    async fn given_up(&self, _job: &Claimed, _why: &str) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Whose session a job is about.
///
/// # Errors
/// It names none: no attempt makes that better.
pub fn subject(job: &Claimed) -> Result<(UserId, SessionId), Hopeless> {
    job.owner.zip(job.session).ok_or_else(|| Hopeless("the job names no session".into()))
}

/// An error that no further attempt makes better; its text is for the person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Hopeless(pub String);
