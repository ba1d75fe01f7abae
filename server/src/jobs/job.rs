//! What a kind of work is, and how it fails for good.

use super::Hold;
use crate::store::jobs::Claimed;
use async_trait::async_trait;
use coach_core::{SessionId, UserId};

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
