//! The trait for a kind of job, and errors that rule out further attempts.

use super::Hold;
use crate::store::jobs::Claimed;
use async_trait::async_trait;
use coach_core::{SessionId, UserId};

/// A kind of job. Running it twice must do no harm: a lease can end while the work goes on.
#[async_trait]
pub trait Job: Send + Sync {
    fn kind(&self) -> &'static str;

    /// Runs the job. An error that contains a [`Hopeless`] ends it; any other is retried after a pause. The future is dropped
    /// when the lease is lost or the worker stops.
    async fn run(&self, job: &Claimed, hold: &Hold) -> anyhow::Result<()>;

    /// Is called with the reason when the job will not be retried, before it is marked as dead, perhaps more than once.
    async fn given_up(&self, _job: &Claimed, _why: &str) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Returns the id of the session that a job is about.
///
/// # Errors
/// The job has no session; a further attempt would not help.
pub fn subject(job: &Claimed) -> Result<(UserId, SessionId), Hopeless> {
    job.owner.zip(job.session).ok_or_else(|| Hopeless("the job names no session".into()))
}

/// An error that no further attempt can fix; its text is for the person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Hopeless(pub String);
