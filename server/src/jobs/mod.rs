//! Work that outlives a request: one file per job, each safe to run twice.

pub mod analyze;
pub mod erase;
mod hold;
mod worker;

pub use hold::Hold;
pub use worker::Worker;

use crate::store::{self, Db};
use async_trait::async_trait;
use std::sync::Arc;
use store::jobs::{Claimed, NewJob};
use tokio::sync::Notify;

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
        self.bell.notify_one();
        Ok(id)
    }

    /// The same, unless a job of this kind and session is queued or at work already.
    pub async fn enqueue_once(&self, job: NewJob<'_>) -> sqlx::Result<uuid::Uuid> {
        let id = store::jobs::enqueue_once(&self.db, job).await?;
        self.bell.notify_one();
        Ok(id)
    }
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

/// An error that no further attempt makes better; its text is for the person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Hopeless(pub String);
