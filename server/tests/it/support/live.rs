//! A live session service that only records its calls.

use async_trait::async_trait;
use bytes::Bytes;
use coach_core::journal::Calibration;
use coach_core::{MediaTime, SessionId, UserId};
use coach_server::analysis::calibrate::{CalibrateError, CalibrationOutcome};
use coach_server::channel::protocol::ClientMark;
use coach_server::live::{
    Answered, InterviewError, Invited, LiveSessions, MarkError, Participant, Patch, PatchError, Patched, PublishError,
    StopError, WatchError,
};
use coach_server::recording::recover::ResumeError;
use coach_server::store::sessions::Session;
use std::sync::Mutex;
use uuid::Uuid;

/// First bytes of a WebM file.
pub const WEBM: &[u8] = &[0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0];

#[derive(Default)]
pub struct LiveDouble {
    pub published: Mutex<Vec<SessionId>>,
    pub stopped: Mutex<Vec<SessionId>>,
    /// Whose live sessions were to stop.
    pub withdrawn: Mutex<Vec<UserId>>,
    pub marks: Mutex<Vec<ClientMark>>,
    pub forgotten: Mutex<Vec<SessionId>>,
    /// Whether every new session is refused.
    pub full: std::sync::atomic::AtomicBool,
    /// Failed sessions that were to be finished again.
    pub resumed: Mutex<Vec<SessionId>>,
    /// The answer to the next offer.
    pub refuse: Mutex<Option<PublishError>>,
    /// Sessions that are watched.
    pub watched: Mutex<Vec<SessionId>>,
    /// The answer to the next viewer.
    pub refuse_viewer: Mutex<Option<WatchError>>,
    /// Sessions with an interviewer, and who it is.
    pub interviewed: Mutex<Vec<(SessionId, Invited)>>,
    /// The answer to the next interviewer.
    pub refuse_interviewer: Mutex<Option<InterviewError>>,
}

#[async_trait]
impl LiveSessions for LiveDouble {
    fn admits(&self) -> Result<(), String> {
        let full = self.full.load(std::sync::atomic::Ordering::SeqCst);
        if full { Err("the disk is nearly full".into()) } else { Ok(()) }
    }

    async fn publish(&self, session: &Session, _: &str) -> Result<Answered, PublishError> {
        if let Some(error) = self.refuse.lock().unwrap().take() {
            return Err(error);
        }
        self.published.lock().unwrap().push(session.id);
        Ok(Answered { sdp: "v=0\r\n".into(), resource: "s3cret".into(), etag: "\"1\"".into() })
    }

    async fn stop(&self, session: SessionId, resource: &str) -> Result<(), StopError> {
        if !self.publishes(session, resource).await {
            return Err(StopError::Unknown);
        }
        self.published.lock().unwrap().retain(|one| *one != session);
        self.stopped.lock().unwrap().push(session);
        Ok(())
    }

    async fn publishes(&self, session: SessionId, resource: &str) -> bool {
        resource == "s3cret" && self.published.lock().unwrap().contains(&session)
    }

    async fn patch(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError> {
        if !self.publishes(session, resource).await {
            return Err(PatchError::Unknown);
        }
        patched(&patch)
    }

    async fn interview(&self, session: &Session, who: &Invited, _: &str) -> Result<Answered, InterviewError> {
        if let Some(error) = self.refuse_interviewer.lock().unwrap().take() {
            return Err(error);
        }
        self.interviewed.lock().unwrap().push((session.id, who.clone()));
        Ok(Answered { sdp: "v=0\r\n".into(), resource: "s3cret".into(), etag: "\"1\"".into() })
    }

    async fn interviews(&self, session: SessionId, resource: &str) -> bool {
        resource == "s3cret" && self.interviewed.lock().unwrap().iter().any(|(id, _)| *id == session)
    }

    async fn patch_interview(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError> {
        if !self.interviews(session, resource).await {
            return Err(PatchError::Unknown);
        }
        patched(&patch)
    }

    async fn leave_interview(&self, session: SessionId, resource: &str) -> bool {
        let there = self.interviews(session, resource).await;
        if there {
            self.interviewed.lock().unwrap().retain(|(id, _)| *id != session);
        }
        there
    }

    async fn watch(&self, session: &Session, _: Participant, _: Uuid, _: &str) -> Result<Answered, WatchError> {
        if let Some(error) = self.refuse_viewer.lock().unwrap().take() {
            return Err(error);
        }
        self.watched.lock().unwrap().push(session.id);
        Ok(Answered { sdp: "v=0\r\n".into(), resource: "s3cret".into(), etag: "\"1\"".into() })
    }

    async fn watches(&self, session: SessionId, resource: &str) -> bool {
        resource == "s3cret" && self.watched.lock().unwrap().contains(&session)
    }

    async fn patch_viewing(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError> {
        if !self.watches(session, resource).await {
            return Err(PatchError::Unknown);
        }
        patched(&patch)
    }

    async fn leave(&self, session: SessionId, resource: &str) -> bool {
        let watches = self.watches(session, resource).await;
        if watches {
            self.watched.lock().unwrap().retain(|watched| *watched != session);
        }
        watches
    }

    async fn withdraw(&self, owner: UserId) {
        self.withdrawn.lock().unwrap().push(owner);
    }

    async fn mark(&self, _: SessionId, _: Participant, mark: ClientMark) -> Result<(), MarkError> {
        if mark.question_id.as_deref() == Some("nothing") {
            return Err(MarkError::UnknownQuestion);
        }
        self.marks.lock().unwrap().push(mark);
        Ok(())
    }

    async fn calibrate(&self, clip: Bytes) -> Result<CalibrationOutcome, CalibrateError> {
        if !clip.starts_with(&WEBM[..4]) {
            return Err(CalibrateError::NotMedia("it begins like no file that is known".into()));
        }
        let calibration = Calibration { yaw: Some(3.0), noise_floor_db: Some(31.5), ..Calibration::default() };
        Ok(CalibrationOutcome { calibration, advice: Vec::new(), ok: true })
    }

    fn now(&self, _: SessionId) -> Option<MediaTime> {
        Some(MediaTime(4200))
    }

    async fn close(&self) {}

    async fn resume(&self, session: &Session) -> Result<(), ResumeError> {
        self.resumed.lock().unwrap().push(session.id);
        if session.failure.as_deref() == Some("no spool") {
            return Err(ResumeError::NothingLeft);
        }
        Ok(())
    }

    async fn forget(&self, session: SessionId) {
        self.forgotten.lock().unwrap().push(session);
    }
}

/// Answers a patch of an ICE session whose tag is "1".
fn patched(patch: &Patch) -> Result<Patched, PatchError> {
    match patch.if_match.as_deref() {
        None => Err(PatchError::NoPrecondition),
        Some("*") => {
            let (fragment, etag) = ("a=ice-ufrag:fresh\r\n".into(), "\"2\"".into());
            Ok(Patched::Restarted { fragment, etag })
        }
        Some("\"1\"") if patch.fragment.starts_with("a=") => Ok(Patched::Candidates),
        Some("\"1\"") => Err(PatchError::Malformed("no line of SDP".into())),
        Some(_) => Err(PatchError::Precondition),
    }
}
