//! The only way of a session from one state to another.

use super::announce;
use super::state::{Event, State};
use crate::store::{self, Db};
use coach_core::{SessionId, UserId};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    #[error("no such session")]
    Unknown,
    #[error("a session that is {} cannot do that", state.as_str())]
    NotNow { state: State },
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Is told of every change of a state.
pub trait Observer: Send + Sync {
    /// The session is in a new state, for this reason where there is one. A deleted session says nothing more.
    fn changed(&self, session: SessionId, to: State, reason: Option<&str>);
}

/// Moves sessions from state to state, in the database, and tells its observer.
#[derive(Clone)]
pub struct Machine {
    db: Db,
    observer: Arc<dyn Observer>,
    announces: bool,
}

impl Machine {
    pub fn new(db: Db, observer: Arc<dyn Observer>) -> Machine {
        Machine { db, observer, announces: false }
    }

    /// The same, which tells the webhook too.
    pub fn announcing(self) -> Machine {
        Machine { announces: true, ..self }
    }

    /// Lets the event happen, once: of two at the same moment, the second sees the state that the first left behind.
    pub async fn apply(&self, owner: UserId, id: SessionId, event: Event) -> Result<State, TransitionError> {
        loop {
            let session = store::sessions::get(&self.db, owner, id).await?.ok_or(TransitionError::Unknown)?;
            let from = session.state;
            let to = from.after(&event).ok_or(TransitionError::NotNow { state: from })?;
            let reason = match &event {
                Event::Failed(reason) => Some(reason.as_str()),
                _ => None,
            };
            let tell = self.announces.then(|| announce::of_change(owner, id, from, to)).flatten();
            if store::sessions::change_state(&self.db, owner, id, from, to, reason, tell).await? {
                if from != to {
                    tracing::info!(session = %id, from = from.as_str(), to = to.as_str(), "session changed its state");
                    self.observer.changed(id, to, reason);
                }
                return Ok(to);
            }
        }
    }
}
