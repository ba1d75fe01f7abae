//! Sessions that are coming to their end, live ones and those of an earlier run: who deletes one stops that first, so that
//! nothing is stored after it was erased.

use coach_core::SessionId;
use dashmap::DashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub struct Finishing(DashMap<SessionId, End>);

/// The end of one session.
#[derive(Clone)]
struct End {
    deleted: CancellationToken,
    over: CancellationToken,
}

/// Held while a session comes to its end.
pub struct FinishingGuard {
    finishing: Arc<Finishing>,
    session: SessionId,
    end: End,
}

impl Finishing {
    pub fn begin(self: &Arc<Finishing>, session: SessionId) -> FinishingGuard {
        let end = End { deleted: CancellationToken::new(), over: CancellationToken::new() };
        self.0.insert(session, end.clone());
        FinishingGuard { finishing: self.clone(), session, end }
    }

    pub fn contains(&self, session: SessionId) -> bool {
        self.0.contains_key(&session)
    }

    /// Stops the end of a session that is deleted, and waits until it has stopped.
    pub async fn stop(&self, session: SessionId) {
        let end = self.0.get(&session).map(|end| end.clone());
        if let Some(end) = end {
            end.deleted.cancel();
            end.over.cancelled().await;
        }
    }
}

impl FinishingGuard {
    /// Does the work, unless the session is deleted before or meanwhile.
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
        self.finishing.0.remove(&self.session);
        self.end.over.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_deletes_a_session_waits_until_its_end_has_stopped() {
        let (finishing, session) = (Arc::new(Finishing::default()), SessionId(uuid::Uuid::now_v7()));
        let ending = finishing.begin(session);
        let work = tokio::spawn(ending.unless_deleted(std::future::pending()));
        finishing.stop(session).await;
        assert!(!finishing.contains(session));
        work.await.unwrap();
        // One that is not there is no reason to wait.
        finishing.stop(session).await;
    }

    #[tokio::test]
    async fn an_end_that_is_done_is_forgotten() {
        let (finishing, session) = (Arc::new(Finishing::default()), SessionId(uuid::Uuid::now_v7()));
        finishing.begin(session).unless_deleted(async {}).await;
        assert!(!finishing.contains(session));
    }
}
