//! The queue of jobs: rows in the table, and a signal to the workers of this process.

use super::Db;
use super::jobs::{self, NewJob};
use std::sync::Arc;
use tokio::sync::Notify;

/// Enqueues jobs and wakes the workers of this process. Cheap to clone.
#[derive(Clone)]
pub struct Queue {
    pub db: Db,
    pub signal: Arc<Notify>,
}

impl Queue {
    pub fn new(db: Db) -> Queue {
        Queue { db, signal: Arc::new(Notify::new()) }
    }

    /// Enqueues a job and wakes the workers of this process.
    pub async fn enqueue(&self, job: NewJob<'_>) -> sqlx::Result<uuid::Uuid> {
        let id = jobs::enqueue(&self.db, job).await?;
        self.signal.notify_waiters();
        Ok(id)
    }

    /// Enqueues a job unless one of this kind and session is queued or running.
    pub async fn enqueue_once(&self, job: NewJob<'_>) -> sqlx::Result<uuid::Uuid> {
        let id = jobs::enqueue_once(&self.db, job).await?;
        self.signal.notify_waiters();
        Ok(id)
    }
}
