//! Retries work that fails for a passing reason (store or database unreachable, disk full) until it succeeds or the server
//! stops. A recording in the spool is never given up for such a reason.

use crate::channel::Message;
use crate::context::Context;
use crate::session::{Event, TransitionError};
use crate::store;
use coach_core::{SessionId, UserId};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::time::Duration;

/// Pause after the first failure. It doubles after each further one, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// A reason for a failure that passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transient {
    /// The object store is unreachable.
    Store,
    /// The object store has no space left.
    StoreFull,
    /// The database is unreachable.
    Database,
    /// The local disk, or the database's, is full.
    Disk,
}

impl Transient {
    /// Returns the passing reason in the error's chain of causes; `None` when another attempt would not help.
    pub fn of(error: &anyhow::Error) -> Option<Transient> {
        error.chain().find_map(|cause| {
            if let Some(error) = cause.downcast_ref::<coach_archive::Error>() {
                return match error {
                    coach_archive::Error::Unavailable { .. } => Some(Transient::Store),
                    coach_archive::Error::Full { .. } => Some(Transient::StoreFull),
                    _ => None,
                };
            }
            let database = match cause.downcast_ref::<TransitionError>() {
                Some(TransitionError::Database(error)) => Some(error),
                _ => cause.downcast_ref::<sqlx::Error>(),
            };
            if let Some(error) = database.filter(|error| store::is_away(error)) {
                return Some(if store::is_full(error) { Transient::Disk } else { Transient::Database });
            }
            let full = cause.downcast_ref::<std::io::Error>()?.kind() == std::io::ErrorKind::StorageFull;
            full.then_some(Transient::Disk)
        })
    }

    /// Returns the stage for [`Message::Progress`].
    fn stage(self) -> &'static str {
        match self {
            Transient::Store | Transient::StoreFull => "waiting_for_store",
            Transient::Database => "waiting_for_database",
            Transient::Disk => "waiting_for_disk",
        }
    }
}

/// The server stopped before an attempt succeeded. The next start goes on with the session.
#[derive(Debug, thiserror::Error)]
#[error("the server stopped before it could try again; the next start goes on with the session")]
pub struct Stopped;

/// Retries work for one session, and tells the session's pages what it waits for.
pub struct Retry<'a> {
    /// What every service of the process shares.
    pub context: &'a Context,
    /// The session that the work is for.
    pub session: SessionId,
    /// The owner of the session.
    pub owner: UserId,
    /// The progress that was published last, 0 to 100.
    percent: AtomicU8,
}

impl<'a> Retry<'a> {
    /// Returns a `Retry` at a progress of 0 percent.
    pub fn new(context: &'a Context, session: SessionId, owner: UserId) -> Retry<'a> {
        Retry { context, session, owner, percent: AtomicU8::new(0) }
    }

    /// Publishes the stage and the progress (0 to 100) to the session's pages.
    pub fn progress(&self, stage: &str, percent: u8) {
        self.percent.store(percent, Relaxed);
        self.publish_stage(stage);
    }

    fn publish_stage(&self, stage: &str) {
        let message = Message::Progress { stage: stage.into(), percent: self.percent.load(Relaxed) };
        self.context.hub.publish(self.session, message);
    }

    /// Calls `attempt` until it succeeds, with pauses of 0.5 to 15 s.
    ///
    /// # Errors
    /// The attempt failed for a reason that does not pass by itself, or the server stops ([`Stopped`]).
    pub async fn until<T, F>(&self, attempt: impl Fn() -> F) -> anyhow::Result<T>
    where
        F: Future<Output = anyhow::Result<T>>,
    {
        let (mut pause, mut told) = (FIRST_PAUSE, None);
        loop {
            let error = match attempt().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let Some(transient) = Transient::of(&error) else { return Err(error) };
            if told.replace(transient) != Some(transient) {
                let error = format!("{error:#}");
                tracing::warn!(session = %self.session, ?transient, error, "the session waits for a passing failure; the work is retried");
                self.publish_stage(transient.stage());
            }
            tokio::select! {
                () = self.context.shutdown.cancelled() => return Err(error.context(Stopped)),
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Applies the event to the session, and retries while the database is unreachable.
    ///
    /// # Errors
    /// The session's state does not allow the event, the database refuses it, or the server stops ([`Stopped`]).
    pub async fn apply(&self, event: Event) -> anyhow::Result<()> {
        let (again, event) = (&AtomicBool::new(false), &event);
        self.until(|| async {
            match self.context.machine.apply(self.owner, self.session, event.clone()).await {
                // An earlier attempt was applied, and only its answer was lost.
                Err(TransitionError::NotNow { state }) if again.load(Relaxed) && state == event.leads_to() => Ok(()),
                Err(error) => {
                    again.store(true, Relaxed);
                    Err(error.into())
                }
                Ok(_) => Ok(()),
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;
    use coach_media::record;
    use std::io::{Error, ErrorKind};

    fn of<T, E: Into<anyhow::Error>>(error: E) -> Option<Transient> {
        Transient::of(&Err::<T, _>(error.into()).context("somewhere").err()?)
    }

    #[test]
    fn a_passing_reason_is_found_at_any_depth_of_an_error() {
        let away = || coach_archive::Error::Unavailable { what: "x".into(), message: "refused".into() };
        let denied = coach_archive::Error::Denied { what: "x".into(), code: "AccessDenied".into() };
        assert_eq!(of::<(), _>(away()), Some(Transient::Store));
        assert_eq!(of::<(), _>(denied), None);
        assert_eq!(of::<(), _>(TransitionError::Database(sqlx::Error::PoolTimedOut)), Some(Transient::Database));
        assert_eq!(of::<(), _>(sqlx::Error::Io(Error::from(ErrorKind::ConnectionRefused))), Some(Transient::Database));
        assert_eq!(of::<(), _>(sqlx::Error::RowNotFound), None);
        let full = |kind| record::Error::Write { path: "x".into(), source: Error::from(kind) };
        assert_eq!(of::<(), _>(full(ErrorKind::StorageFull)), Some(Transient::Disk));
        assert_eq!(of::<(), _>(full(ErrorKind::PermissionDenied)), None);
        assert_eq!(of::<(), _>(record::Error::Empty), None);
    }
}
