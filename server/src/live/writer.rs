//! What the database is told of a live session, in order, as soon as it answers: the session never waits for it.

use crate::context::Context;
use crate::objects;
use crate::recording::retry::{Retry, Stopped};
use crate::session::Event;
use crate::store::{parts, sessions};
use coach_core::{MediaTime, SessionId, UserId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Something to be told.
#[derive(Debug, Clone)]
pub enum Update {
    Happened(Event),
    /// The first media came at this wall time.
    Started {
        at_us: i64,
    },
    Part {
        n: u32,
        offset: MediaTime,
    },
}

/// The way to the task that tells.
pub struct StateWriter {
    updates: mpsc::UnboundedSender<Update>,
    task: JoinHandle<()>,
}

impl StateWriter {
    pub fn open(context: Context, session: SessionId, owner: UserId) -> StateWriter {
        let (updates, mut inbox) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let retry = Retry::new(&context, session, owner);
            while let Some(update) = inbox.recv().await {
                if let Err(error) = tell(&retry, &update).await {
                    if error.is::<Stopped>() {
                        return;
                    }
                    let error = format!("{error:#}");
                    tracing::error!(%session, ?update, error, "the database does not know what happened to the session");
                }
            }
        });
        StateWriter { updates, task }
    }

    /// Never waits.
    pub fn write(&self, update: Update) {
        // The task ends before this only when the server stops; the next start finds the session then.
        let _ = self.updates.send(update);
    }

    /// Waits until everything is told, or the server stops.
    pub async fn close(self) {
        drop(self.updates);
        let _ = self.task.await;
    }

    /// Tells nothing more: the session is deleted.
    pub async fn abort(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn tell(retry: &Retry<'_>, update: &Update) -> anyhow::Result<()> {
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
