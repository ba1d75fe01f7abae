//! What the database is told of a live session, in order, as soon as it answers: the session never waits for it.

use super::patience::{Patience, Stopped};
use crate::app::Context;
use crate::session::Event;
use crate::store::{parts, sessions};
use coach_core::{MediaTime, SessionId, UserId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Something to be told.
#[derive(Debug, Clone)]
pub enum Entry {
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
pub struct Books {
    entries: mpsc::UnboundedSender<Entry>,
    task: JoinHandle<()>,
}

impl Books {
    pub fn open(context: Context, session: SessionId, owner: UserId) -> Books {
        let (entries, mut inbox) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let patience = Patience::new(&context, session, owner);
            while let Some(entry) = inbox.recv().await {
                if let Err(error) = tell(&patience, &entry).await {
                    if error.is::<Stopped>() {
                        return;
                    }
                    let error = format!("{error:#}");
                    tracing::error!(%session, ?entry, error, "the database does not know what happened to the session");
                }
            }
        });
        Books { entries, task }
    }

    /// Never waits.
    pub fn write(&self, entry: Entry) {
        // The task ends before this only when the server stops; the next start finds the session then.
        let _ = self.entries.send(entry);
    }

    /// Waits until everything is told, or the server stops.
    pub async fn close(self) {
        drop(self.entries);
        let _ = self.task.await;
    }

    /// Tells nothing more: the session is deleted.
    pub async fn burn(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn tell(patience: &Patience<'_>, entry: &Entry) -> anyhow::Result<()> {
    let (db, owner, session) = (&patience.context.db, patience.owner, patience.session);
    match entry {
        Entry::Happened(event) => patience.apply(event.clone()).await,
        Entry::Started { at_us } => {
            patience.until(|| async { Ok(sessions::set_started(db, owner, session, *at_us).await?) }).await
        }
        Entry::Part { n, offset } => {
            patience.until(|| async { Ok(parts::begin(db, owner, session, *n as i32, *offset).await?) }).await
        }
    }
}
