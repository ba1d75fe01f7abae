//! The state machine of sessions: every change of a state goes through it.

use super::announce;
use super::state::{Event, State};
use crate::store::{self, Db};
use coach_core::{SessionId, UserId};
use std::sync::Arc;

/// Why an event is not applied.
#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    /// The owner has no session of this id.
    #[error("no such session")]
    Unknown,
    /// The session's state does not allow the event.
    #[error("a session that is {} cannot do that", state.as_str())]
    NotNow { state: State },
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Receives every change of a state.
pub trait Observer: Send + Sync {
    /// Is called when the session is in the new state `to`. A failed session has a `reason`. No call follows that for
    /// [`State::Deleted`].
    fn changed(&self, session: SessionId, to: State, reason: Option<&str>);
}

/// Changes the states of sessions in the database and calls the observer. Cheap to clone.
#[derive(Clone)]
pub struct Machine {
    db: Db,
    observer: Arc<dyn Observer>,
    /// Whether changes are sent to the webhook.
    announces: bool,
}

impl Machine {
    /// Returns a machine that does not use the webhook.
    pub fn new(db: Db, observer: Arc<dyn Observer>) -> Machine {
        Machine { db, observer, announces: false }
    }

    /// Returns this machine with the webhook switched on.
    pub fn announcing(self) -> Machine {
        Machine { announces: true, ..self }
    }

    /// Applies the event to the session and returns the new state. Of two events at the same time, one is applied to the state
    /// that the other has left.
    ///
    /// # Errors
    /// There is no such session, its state does not allow the event, or the database does not answer.
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
                    tracing::info!(session = %id, from = from.as_str(), to = to.as_str(), "a session has changed its state");
                    self.observer.changed(id, to, reason);
                }
                return Ok(to);
            }
        }
    }
}
