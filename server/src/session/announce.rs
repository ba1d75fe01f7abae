//! Which changes of a state the webhook is told of, as a job of the same transaction.

use super::state::State;
use crate::clock::now_us;
use crate::store::jobs::NewJob;
use coach_core::{SessionId, UserId};
use serde::{Deserialize, Serialize};

/// The kind of the webhook's jobs.
pub const KIND: &str = "webhook";
/// With pauses that double from 2 s up to 10 minutes: given up after about an hour.
const ATTEMPTS: i32 = 13;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    #[serde(rename = "session.scored")]
    Scored,
    #[serde(rename = "session.failed")]
    Failed,
}

/// What the job carries.
#[derive(Serialize, Deserialize)]
pub struct Payload {
    pub event: Event,
    pub at_us: i64,
}

/// The job that a change of state leaves behind; `None`: of no interest outside.
pub fn of_change(owner: UserId, session: SessionId, from: State, to: State) -> Option<NewJob<'static>> {
    let event = match to {
        State::Ready if from != to => Event::Scored,
        State::Failed if from != to => Event::Failed,
        _ => return None,
    };
    let payload = serde_json::json!({ "event": event, "at_us": now_us() });
    Some(NewJob { payload, max_attempts: ATTEMPTS, ..NewJob::of_session(KIND, owner, session) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn only_the_ends_of_a_session_are_told_and_each_once() {
        let (owner, session) = (UserId(Uuid::nil()), SessionId(Uuid::nil()));
        let event = |from, to| of_change(owner, session, from, to).map(|job| job.payload["event"].clone());
        assert_eq!(event(State::Scoring, State::Ready).unwrap(), "session.scored");
        assert_eq!(event(State::Finalising, State::Failed).unwrap(), "session.failed");
        assert_eq!(event(State::Failed, State::Failed), None);
        assert_eq!(event(State::Live, State::Finalising), None);
    }
}
