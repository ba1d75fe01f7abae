//! The state machine of sessions: every change of a state goes through it.

use super::announce;
use super::state::{Event, State};
use crate::store::jobs::NewJob;
use crate::store::{self, Db, provider_consents};
use coach_core::{SessionId, UserId};
use std::sync::Arc;

/// Attempts to get something from a service of others: with pauses that double from 2 s up to 10 minutes, about an hour.
const OUTSIDE_ATTEMPTS: i32 = 13;

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
    /// What may be sent to services of others once a session is scored.
    outside: Arc<[Outside]>,
}

/// What is sent to a service of others once a session is scored, if its owner agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The kind of job that sends it.
    pub kind: &'static str,
    pub purpose: &'static str,
    pub provider: String,
}

impl Machine {
    /// Returns a machine that does not use the webhook.
    pub fn new(db: Db, observer: Arc<dyn Observer>) -> Machine {
        Machine { db, observer, announces: false, outside: Arc::new([]) }
    }

    /// Returns this machine with the webhook switched on.
    pub fn announcing(self) -> Machine {
        Machine { announces: true, ..self }
    }

    /// Returns this machine with services of others.
    pub fn sending(self, outside: Vec<Outside>) -> Machine {
        Machine { outside: outside.into(), ..self }
    }

    /// Returns the jobs that follow a change of state.
    async fn follow(&self, owner: UserId, id: SessionId, from: State, to: State) -> sqlx::Result<Vec<NewJob<'static>>> {
        let tell = self.announces.then(|| announce::of_change(owner, id, from, to)).flatten();
        let mut jobs: Vec<NewJob> = tell.into_iter().collect();
        if to == State::Ready && from != to {
            for outside in self.outside.iter() {
                if provider_consents::given(&self.db, owner, outside.purpose, &outside.provider).await?.is_some() {
                    jobs.push(NewJob { max_attempts: OUTSIDE_ATTEMPTS, ..NewJob::of_session(outside.kind, owner, id) });
                }
            }
        }
        Ok(jobs)
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
            let follow = self.follow(owner, id, from, to).await?;
            if store::sessions::change_state(&self.db, owner, id, from, to, reason, follow).await? {
                if from != to {
                    tracing::info!(session = %id, from = from.as_str(), to = to.as_str(), "a session has changed its state");
                    self.observer.changed(id, to, reason);
                }
                return Ok(to);
            }
        }
    }
}
