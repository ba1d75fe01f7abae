//! Sessions that are being finished, those of this run and of an earlier one. Deleting a session stops its finishing first,
//! so that nothing is stored after it was erased.

use coach_core::SessionId;
use dashmap::DashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The sessions that are being finished now. A session is listed twice when the start of the server and its owner both finish it.
#[derive(Default)]
pub struct Finishing(DashMap<SessionId, Vec<End>>);

/// The signals between who finishes a session and who deletes it.
#[derive(Clone)]
struct End {
    /// Tells two finishings of one session apart.
    id: uuid::Uuid,
    /// Cancelled when the session is deleted.
    deleted: CancellationToken,
    /// Cancelled when its finishing has stopped.
    over: CancellationToken,
}

/// Marks a session as being finished for as long as it is held.
pub struct FinishingGuard {
    finishing: Arc<Finishing>,
    session: SessionId,
    end: End,
}

impl Finishing {
    /// Marks the session as being finished until the guard is dropped.
    pub fn begin(self: &Arc<Finishing>, session: SessionId) -> FinishingGuard {
        let end = End { id: uuid::Uuid::new_v4(), deleted: CancellationToken::new(), over: CancellationToken::new() };
        self.0.entry(session).or_default().push(end.clone());
        FinishingGuard { finishing: self.clone(), session, end }
    }

    /// Returns whether the session is being finished.
    pub fn contains(&self, session: SessionId) -> bool {
        self.0.contains_key(&session)
    }

    /// Stops every finishing of a session that is deleted, and returns when they have stopped. Returns at once when there is none.
    pub async fn stop(&self, session: SessionId) {
        let ends = self.0.get(&session).map(|ends| ends.clone()).unwrap_or_default();
        ends.iter().for_each(|end| end.deleted.cancel());
        for end in ends {
            end.over.cancelled().await;
        }
    }
}

impl FinishingGuard {
    /// Runs `work` until it is done or the session is deleted, whichever comes first.
    pub async fn unless_deleted(self, work: impl Future<Output = ()>) {
        tokio::select! {
            biased;
            () = self.end.deleted.cancelled() => {}
            () = work => {}
        }
    }
}

impl Drop for FinishingGuard {
    fn drop(&mut self) {
        self.finishing.0.remove_if_mut(&self.session, |_, ends| {
            ends.retain(|end| end.id != self.end.id);
            ends.is_empty()
        });
        self.end.over.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn deleting_a_session_waits_until_its_finishing_has_stopped() {
        let (finishing, session) = (Arc::new(Finishing::default()), SessionId(uuid::Uuid::now_v7()));
        let ending = finishing.begin(session);
        let work = tokio::spawn(ending.unless_deleted(std::future::pending()));
        finishing.stop(session).await;
        assert!(!finishing.contains(session));
        work.await.unwrap();
        // A session that is not being finished is not waited for.
        finishing.stop(session).await;
    }

    #[tokio::test]
    async fn a_finished_session_is_removed_from_the_list() {
        let (finishing, session) = (Arc::new(Finishing::default()), SessionId(uuid::Uuid::now_v7()));
        finishing.begin(session).unless_deleted(async {}).await;
        assert!(!finishing.contains(session));
    }

    #[tokio::test]
    async fn a_deletion_stops_both_of_two_finishings_and_the_end_of_one_leaves_the_other() {
        let (finishing, session) = (Arc::new(Finishing::default()), SessionId(uuid::Uuid::now_v7()));
        let (recovered, resumed) = (finishing.begin(session), finishing.begin(session));
        recovered.unless_deleted(async {}).await;
        assert!(finishing.contains(session));
        let work = tokio::spawn(resumed.unless_deleted(std::future::pending()));
        finishing.stop(session).await;
        assert!(!finishing.contains(session));
        work.await.unwrap();
    }
}
