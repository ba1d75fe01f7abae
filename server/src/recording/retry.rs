//! Troubles that pass by themselves, the store or the database away, the disk full, are waited for: a recording that is in
//! the spool is never given up for them.

use crate::channel::Message;
use crate::context::Context;
use crate::session::{Event, TransitionError};
use crate::store;
use coach_core::{SessionId, UserId};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::time::Duration;

/// After a failure it is tried again after so long, doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transient {
    Store,
    StoreFull,
    Database,
    Disk,
}

impl Transient {
    /// What an error says of it; `None`: trying again would not help.
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

    /// The stage that pages are told.
    fn stage(self) -> &'static str {
        match self {
            Transient::Store | Transient::StoreFull => "waiting_for_store",
            Transient::Database => "waiting_for_database",
            Transient::Disk => "waiting_for_disk",
        }
    }
}

/// The server stops while something is waited for: the session is taken up at the next start.
#[derive(Debug, thiserror::Error)]
#[error("the server stopped while it waited; the next start goes on")]
pub struct Stopped;

/// Waits on behalf of one session, and tells its pages what for.
pub struct Retry<'a> {
    pub context: &'a Context,
    pub session: SessionId,
    pub owner: UserId,
    percent: AtomicU8,
}

impl<'a> Retry<'a> {
    pub fn new(context: &'a Context, session: SessionId, owner: UserId) -> Retry<'a> {
        Retry { context, session, owner, percent: AtomicU8::new(0) }
    }

    /// Tells the pages how far it is.
    pub fn progress(&self, stage: &str, percent: u8) {
        self.percent.store(percent, Relaxed);
        self.say(stage);
    }

    fn say(&self, stage: &str) {
        let message = Message::Progress { stage: stage.into(), percent: self.percent.load(Relaxed) };
        self.context.hub.publish(self.session, message);
    }

    /// Tries until it succeeds.
    ///
    /// # Errors
    /// A failure that does not pass by itself, or [`Stopped`].
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
                tracing::warn!(session = %self.session, ?transient, error, "the session waits; it is tried again");
                self.say(transient.stage());
            }
            tokio::select! {
                () = self.context.shutdown.cancelled() => return Err(error.context(Stopped)),
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Lets the event happen, however long the database is away.
    ///
    /// # Errors
    /// As [`Retry::until`]; the session may not be in a state for it.
    pub async fn apply(&self, event: Event) -> anyhow::Result<()> {
        let (again, event) = (&AtomicBool::new(false), &event);
        self.until(|| async {
            match self.context.machine.apply(self.owner, self.session, event.clone()).await {
                // It had happened, and only the answer was lost.
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
    fn what_passes_is_told_from_what_does_not_however_deep_it_lies() {
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
