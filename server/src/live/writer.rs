//! Writes the state changes of a live session to the database, in order and in the background: the session never waits.

use crate::context::Context;
use crate::objects;
use crate::recording::retry::{Retry, Stopped};
use crate::session::Event;
use crate::store::{parts, sessions};
use coach_core::{MediaTime, SessionId, UserId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A change that is written to the database.
#[derive(Debug, Clone)]
pub enum Update {
    /// An event of the session's state machine.
    Happened(Event),
    /// The first media came at the wall time `at_us`, in microseconds since 1970 (UTC).
    Started { at_us: i64 },
    /// Part `n` began at the media time `offset`.
    Part { n: u32, offset: MediaTime },
}

/// Sends changes to the task that writes them.
pub struct StateWriter {
    updates: mpsc::UnboundedSender<Update>,
    task: JoinHandle<()>,
}

impl StateWriter {
    /// Starts the task that writes the changes of this session.
    pub fn open(context: Context, session: SessionId, owner: UserId) -> StateWriter {
        let (updates, mut inbox) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let retry = Retry::new(&context, session, owner);
            while let Some(update) = inbox.recv().await {
                if let Err(error) = write_update(&retry, &update).await {
                    if error.is::<Stopped>() {
                        return;
                    }
                    let error = format!("{error:#}");
                    tracing::error!(%session, ?update, error, "a change of a live session could not be written to the database");
                }
            }
        });
        StateWriter { updates, task }
    }

    /// Queues a change. Never waits.
    pub fn write(&self, update: Update) {
        // The task ends earlier only when the server stops. The next start then recovers the session.
        let _ = self.updates.send(update);
    }

    /// Waits until all queued changes are written, or the server stops.
    pub async fn close(self) {
        drop(self.updates);
        let _ = self.task.await;
    }

    /// Stops at once; changes that are not written yet are lost. For a session that is deleted.
    pub async fn abort(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Writes one change, and retries while the database is unreachable.
async fn write_update(retry: &Retry<'_>, update: &Update) -> anyhow::Result<()> {
    let (db, owner, session) = (&retry.context.db, retry.owner, retry.session);
    match update {
        Update::Happened(event) => retry.apply(event.clone()).await,
        Update::Started { at_us } => {
            retry.until(|| async { Ok(sessions::set_started(db, owner, session, *at_us).await?) }).await
        }
        Update::Part { n, offset } => {
            let key = objects::part_key(session, *n as i32);
            retry.until(|| async { Ok(parts::begin(db, owner, session, *n as i32, *offset, &key).await?) }).await
        }
    }
}
