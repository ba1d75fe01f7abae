//! A worker: claims jobs from the queue, one at a time, and renews the lease while it works.

use super::hold::Lost;
use super::{Hold, Hopeless, Job};
use crate::clock::now_us;
use crate::config::jobs::Config;
use crate::recording::retry::Transient;
use crate::store;
use crate::store::queue::Queue;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::jobs::{Attempt, Claimed};
use tokio_util::sync::CancellationToken;

/// Why a job failed whose worker was stopped in the last attempt, for the owner of its session.
const STOPPED: &str = "the server stopped each time while it worked on this; try it again";
/// Why a job failed whose last worker ended without reporting an error, for the owner of its session.
const SILENT: &str =
    "the program that worked on this broke off each time; if it does so again, the file may be damaged";
/// How often progress is written while a lease is not due for renewal.
const TELL: Duration = Duration::from_secs(1);

pub struct Worker {
    name: String,
    queue: Queue,
    config: Config,
    jobs: HashMap<&'static str, Arc<dyn Job>>,
    kinds: Vec<&'static str>,
}

/// How a job ended for its worker.
enum Outcome {
    Done,
    Failed(anyhow::Error),
    /// The worker stops; says whether the attempt counts.
    Stopped(Attempt),
}

impl Outcome {
    /// Returns the word by which the metrics name it.
    fn word(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Failed(_) => "failed",
            Outcome::Stopped(_) => "stopped",
        }
    }
}

impl Worker {
    /// Returns a worker that claims only jobs of these kinds.
    pub fn new(queue: Queue, config: Config, jobs: impl IntoIterator<Item = Arc<dyn Job>>) -> Worker {
        let name = format!("{}-{}", std::process::id(), &crate::secret::generate()[..8]);
        let jobs: HashMap<_, _> = jobs.into_iter().map(|job| (job.kind(), job)).collect();
        Worker { name, queue, config, kinds: jobs.keys().copied().collect(), jobs }
    }

    /// Runs until it is told to stop. A running job then goes back into the queue; the attempt counts only where [`Hold::count`] was
    /// called.
    pub async fn run(&self, stop: CancellationToken) {
        let poll = Duration::from_millis(self.config.poll_ms.into());
        while !stop.is_cancelled() {
            match self.step(&stop).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the queue of jobs cannot be read"),
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.queue.signal.notified() => {}
                () = tokio::time::sleep(poll) => {}
            }
        }
    }

    /// Runs one job, if one is due. Returns whether there was one.
    pub async fn step(&self, stop: &CancellationToken) -> sqlx::Result<bool> {
        let (db, lease_us) = (&self.queue.db, self.config.lease_us());
        if let Some(fallen) = store::jobs::claim_fallen(db, &self.name, &self.kinds, now_us(), lease_us).await? {
            self.give_up(&fallen, SILENT).await?;
            return Ok(true);
        }
        let claimed = store::jobs::claim(db, &self.name, &self.kinds, now_us(), lease_us).await?;
        let Some(job) = claimed else { return Ok(false) };
        let Some(work) = self.jobs.get(job.kind.as_str()) else { return Ok(false) };
        let began = Instant::now();
        let outcome = self.hold(&job, work.as_ref(), stop).await;
        let labels = [("kind", job.kind.clone()), ("outcome", outcome.word().to_owned())];
        metrics::histogram!("coach_job_seconds", &labels).record(began.elapsed());
        match outcome {
            Outcome::Done => {
                store::jobs::complete(db, job.id, &self.name).await?;
                tracing::info!(job = %job.id, kind = job.kind, session = ?job.session, "a job is done");
            }
            Outcome::Stopped(Attempt::Counts) if job.attempts >= job.max_attempts => {
                self.give_up(&job, STOPPED).await?;
            }
            Outcome::Stopped(attempt) => {
                store::jobs::release(db, job.id, &self.name, attempt).await?;
                tracing::info!(job = %job.id, kind = job.kind, "a job goes back into the queue: its worker stops");
            }
            Outcome::Failed(error) if error.is::<Lost>() => {
                tracing::warn!(job = %job.id, kind = job.kind, "a job was given to another worker");
            }
            Outcome::Failed(error) => {
                let why = format!("{error:#}");
                // That the database was away or busy says nothing of the job.
                let away = Transient::of(&error) == Some(Transient::Database);
                let attempt = if away { Attempt::NeverWas } else { Attempt::Counts };
                let last = !away && (error.is::<Hopeless>() || job.attempts >= job.max_attempts);
                tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, last, error = why, "a job failed");
                if last {
                    self.give_up(&job, &why).await?;
                } else {
                    store::jobs::fail(db, &job, &self.name, now_us(), &why, attempt).await?;
                }
            }
        }
        Ok(true)
    }

    /// Lets the kind of job report the failure, then marks the job as dead. A failure here is retried when the lease has run
    /// out.
    async fn give_up(&self, job: &Claimed, why: &str) -> sqlx::Result<()> {
        if let Some(work) = self.jobs.get(job.kind.as_str())
            && let Err(error) = work.given_up(job, why).await
        {
            tracing::error!(job = %job.id, error = format!("{error:#}"), "a job that is given up cannot say so");
            return Ok(());
        }
        tracing::error!(job = %job.id, kind = job.kind, session = ?job.session, error = why, "a job is given up");
        store::jobs::mark_dead(&self.queue.db, job.id, &self.name, why).await.map(drop)
    }

    /// Runs the work and renews the lease beside it; a lost lease or a stop ends the work.
    async fn hold(&self, job: &Claimed, work: &dyn Job, stop: &CancellationToken) -> Outcome {
        let hold = Hold::new(self.queue.db.clone(), job.id, self.name.clone(), self.config.lease_us());
        let third = Duration::from_micros(self.config.lease_us().unsigned_abs() / 3);
        let renewing = async {
            let mut tick = tokio::time::interval(third.min(TELL));
            tick.tick().await;
            loop {
                tick.tick().await;
                match hold.renew().await {
                    Ok(()) => {}
                    Err(error) if error.is::<Lost>() => return error,
                    // The lease is checked again before results are written.
                    Err(error) => tracing::warn!(error = format!("{error:#}"), "a job's lease cannot be renewed"),
                }
            }
        };
        // The work goes on while its lease is renewed: it may hold the write lock of SQLite, for which the renewal waits.
        tokio::select! {
            outcome = work.run(job, &hold) => match outcome {
                Ok(()) => Outcome::Done,
                Err(error) => Outcome::Failed(error),
            },
            () = stop.cancelled() => Outcome::Stopped(if hold.counts() {
                Attempt::Counts
            } else {
                Attempt::NeverWas
            }),
            lost = renewing => Outcome::Failed(lost),
        }
    }
}
