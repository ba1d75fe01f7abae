//! Work that outlives a request: one file per job, each safe to run twice.

pub mod erase;

use crate::clock::now_us;
use crate::store::{self, Db};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{Claimed, LEASE_US, NewJob};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often the table is looked at when nobody rang.
const POLL: Duration = Duration::from_secs(3);
/// How often a worker says that it is still at it.
const RENEW: Duration = Duration::from_secs(10);

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
}

/// A kind of work. Running it twice must do no harm: a lease can end while the work goes on.
#[async_trait]
pub trait Job: Send + Sync {
    fn kind(&self) -> &'static str;
    async fn run(&self, job: &Claimed) -> anyhow::Result<()>;
}

/// Takes jobs off the queue, one at a time.
pub struct Worker {
    name: String,
    queue: Queue,
    jobs: HashMap<&'static str, Arc<dyn Job>>,
}

impl Worker {
    pub fn new(queue: Queue, jobs: impl IntoIterator<Item = Arc<dyn Job>>) -> Worker {
        let name = format!("{}-{}", std::process::id(), &crate::auth::secret()[..8]);
        Worker { name, queue, jobs: jobs.into_iter().map(|job| (job.kind(), job)).collect() }
    }

    /// Runs until it is told to stop; a job under way is finished first.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.step().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the queue of jobs cannot be read"),
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.queue.bell.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Does one job, if one is due; says whether there was one.
    pub async fn step(&self) -> sqlx::Result<bool> {
        let db = &self.queue.db;
        let dead = store::jobs::bury(db, now_us()).await?;
        if dead > 0 {
            tracing::error!(dead, "jobs were given up: their workers fell silent in the last attempt");
        }
        let Some(job) = store::jobs::claim(db, &self.name, now_us(), LEASE_US).await? else { return Ok(false) };
        let outcome = match self.jobs.get(job.kind.as_str()) {
            Some(work) => self.hold(&job, work.as_ref()).await,
            None => Err(anyhow::anyhow!("this version knows no job {:?}", job.kind)),
        };
        match outcome {
            Ok(()) => {
                store::jobs::complete(db, job.id, &self.name).await?;
                tracing::info!(job = %job.id, kind = job.kind, "a job is done");
            }
            Err(error) => {
                let last = job.attempts >= job.max_attempts;
                tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, last, error = format!("{error:#}"), "a job failed");
                store::jobs::fail(db, &job, &self.name, now_us(), &format!("{error:#}")).await?;
            }
        }
        Ok(true)
    }

    /// Runs the work and renews the lease beside it; a lost lease ends the work.
    async fn hold(&self, job: &Claimed, work: &dyn Job) -> anyhow::Result<()> {
        let mut tick = tokio::time::interval(RENEW);
        tick.tick().await;
        let running = work.run(job);
        tokio::pin!(running);
        loop {
            tokio::select! {
                outcome = &mut running => return outcome,
                _ = tick.tick() => {
                    let held = store::jobs::renew(&self.queue.db, job.id, &self.name, now_us() + LEASE_US).await;
                    if let Ok(false) = held {
                        anyhow::bail!("the job was given to another worker");
                    }
                }
            }
        }
    }
}
