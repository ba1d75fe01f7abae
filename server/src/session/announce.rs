//! What is sent to the webhook: changes of state, and comments. Each becomes a job in the transaction of the change.

use super::state::State;
use crate::clock::now_us;
use crate::store::jobs::NewJob;
use crate::store::sharing::comments::AuthorKind;
use coach_core::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Kind of the webhook's jobs.
pub const KIND: &str = "webhook";
/// Attempts to deliver. With pauses that double from 2 s up to 10 minutes the job is given up after about an hour.
const ATTEMPTS: i32 = 13;

/// An event that the webhook is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The session's report is ready.
    #[serde(rename = "session.scored")]
    Scored,
    /// The session has failed.
    #[serde(rename = "session.failed")]
    Failed,
    /// Somebody has commented on the session.
    #[serde(rename = "session.commented")]
    Commented,
}

/// A comment that the webhook is told of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CommentRef {
    /// Id of the comment.
    pub id: Uuid,
    /// As what its author wrote it.
    pub by: AuthorKind,
}

/// The payload of a webhook job.
#[derive(Serialize, Deserialize)]
pub struct Payload {
    /// What happened.
    pub event: Event,
    /// When it happened: microseconds since 1970 (UTC).
    pub at_us: i64,
    /// The comment, if one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentRef>,
}

/// Returns the webhook job for a change of state; `None` when the webhook is not told of that change.
pub fn of_change(owner: UserId, session: SessionId, from: State, to: State) -> Option<NewJob<'static>> {
    let event = match to {
        State::Ready if from != to => Event::Scored,
        State::Failed if from != to => Event::Failed,
        _ => return None,
    };
    Some(job(owner, session, serde_json::json!({ "event": event, "at_us": now_us() })))
}

/// Returns the webhook job for a comment.
pub fn of_comment(owner: UserId, session: SessionId, comment: Uuid, by: AuthorKind) -> NewJob<'static> {
    let comment = serde_json::json!({ "id": comment, "by": by });
    job(owner, session, serde_json::json!({ "event": Event::Commented, "at_us": now_us(), "comment": comment }))
}

fn job(owner: UserId, session: SessionId, payload: Value) -> NewJob<'static> {
    NewJob { payload, max_attempts: ATTEMPTS, ..NewJob::of_session(KIND, owner, session) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_webhook_is_told_once_when_a_session_is_ready_or_failed() {
        let (owner, session) = (UserId(Uuid::nil()), SessionId(Uuid::nil()));
        let event = |from, to| of_change(owner, session, from, to).map(|job| job.payload["event"].clone());
        assert_eq!(event(State::Scoring, State::Ready).unwrap(), "session.scored");
        assert_eq!(event(State::Finalising, State::Failed).unwrap(), "session.failed");
        assert_eq!(event(State::Failed, State::Failed), None);
        assert_eq!(event(State::Live, State::Finalising), None);
    }
}
