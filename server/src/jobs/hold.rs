//! A worker's lease on its job: reports progress, and tells whether the job is still this worker's.

use crate::clock::now_us;
use crate::store::{self, Db};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The lease of one worker on one job. Cheap to clone.
#[derive(Clone)]
pub struct Hold(Arc<Inner>);

struct Inner {
    db: Db,
    job: Uuid,
    worker: String,
    lease_us: i64,
    progress: Mutex<Progress>,
    counts: AtomicBool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Progress {
    stage: Option<&'static str>,
    percent: u8,
}

/// The lease ran out and another worker has the job.
#[derive(Debug, thiserror::Error)]
#[error("the job was given to another worker")]
pub struct Lost;

impl Hold {
    pub(super) fn new(db: Db, job: Uuid, worker: String, lease_us: i64) -> Hold {
        Hold(Arc::new(Inner { db, job, worker, lease_us, progress: Mutex::default(), counts: AtomicBool::new(false) }))
    }

    /// Sets the progress, which is written with the next renewal. Never waits.
    pub fn at(&self, stage: &'static str, percent: u8) {
        *self.0.progress.lock().unwrap_or_else(PoisonError::into_inner) = Progress { stage: Some(stage), percent };
    }

    /// Makes the attempt count even if the worker stops. To be called before work that can bring the worker down.
    pub fn count(&self) {
        self.0.counts.store(true, Ordering::Relaxed);
    }

    /// Returns whether the attempt counts even if the worker stops.
    pub(super) fn counts(&self) -> bool {
        self.0.counts.load(Ordering::Relaxed)
    }

    /// Renews the lease and writes the progress.
    ///
    /// # Errors
    /// The lease is lost, or the database does not answer.
    pub async fn renew(&self) -> anyhow::Result<()> {
        let Progress { stage, percent } = *self.0.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let until = now_us() + self.0.lease_us;
        let held = store::jobs::renew(&self.0.db, self.0.job, &self.0.worker, until, stage, percent.into()).await?;
        if held { Ok(()) } else { Err(Lost.into()) }
    }

    /// Returns what a transaction must find in the job's row, so that only its worker writes results.
    pub fn fence(&self) -> store::jobs::Fence<'_> {
        store::jobs::Fence { job: self.0.job, worker: &self.0.worker }
    }
}
