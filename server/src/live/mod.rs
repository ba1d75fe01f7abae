//! Live sessions: the service that starts, finds and ends them, and what it offers to the rest of the server.

mod coding;
mod ice;
mod inbox;
mod keeper;
mod part;
mod room;
mod service;
mod shared;
mod thread;
mod viewers;
mod writer;

pub use room::{InterviewError, Invited, Participant};
pub use service::open;

use crate::analysis::calibrate::{CalibrateError, CalibrationOutcome};
use crate::channel::protocol::ClientMark;
use crate::recording::recover::ResumeError;
use crate::store::sessions::Session;
use async_trait::async_trait;
use bytes::Bytes;
use coach_core::{MediaTime, SessionId, UserId};
use uuid::Uuid;

/// The service that starts, finds and ends live sessions.
#[async_trait]
pub trait LiveSessions: Send + Sync {
    /// Checks whether the disk has space for another session.
    ///
    /// # Errors
    /// There is too little space; the text says how much, for the person.
    fn admits(&self) -> Result<(), String>;
    /// Answers a publisher's SDP offer and starts the session if it is not live yet. A second publishing by the same owner
    /// replaces the first.
    ///
    /// # Errors
    /// The offer is refused, the session takes no media, or the server has no capacity.
    async fn publish(&self, session: &Session, offer: &str) -> Result<Answered, PublishError>;
    /// Ends the publishing named by `resource`, and with it the live session, which goes on to finalising.
    ///
    /// # Errors
    /// The session has no such publishing.
    async fn stop(&self, session: SessionId, resource: &str) -> Result<(), StopError>;
    /// Returns whether `resource` names the present publishing of the session.
    async fn publishes(&self, session: SessionId, resource: &str) -> bool;
    /// Takes what a publisher says about its ICE session: candidates, or an ICE restart.
    ///
    /// # Errors
    /// The session has no such publishing, or the patch does not fit its ICE session.
    async fn patch(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError>;
    /// Answers the SDP offer of an interviewer, who is seen and heard in the session from then on, and recorded. A second offer of the
    /// same person replaces the first.
    ///
    /// # Errors
    /// The offer is refused, the session has another interviewer, or it is not live.
    async fn interview(&self, session: &Session, who: &Invited, offer: &str) -> Result<Answered, InterviewError>;
    /// Returns whether `resource` names the interviewer's present publishing.
    async fn interviews(&self, session: SessionId, resource: &str) -> bool;
    /// Takes what an interviewer says about their ICE session: candidates, or an ICE restart.
    ///
    /// # Errors
    /// There is no such publishing, or the patch does not fit its ICE session.
    async fn patch_interview(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError>;
    /// Ends the interviewer's publishing named by `resource`; the session goes on. Returns whether there was one.
    async fn leave_interview(&self, session: SessionId, resource: &str) -> bool;
    /// Answers a viewer's SDP offer: the viewer gets what the participant publishes, from the next key frame on. `by`: the account or the
    /// visit of whoever watches; who takes part in the session is not counted among those who watch.
    ///
    /// # Errors
    /// The offer is refused, nothing is published, or the server has no capacity.
    async fn watch(&self, session: &Session, of: Participant, by: Uuid, offer: &str) -> Result<Answered, WatchError>;
    /// Returns whether `resource` names a viewing that goes on.
    async fn watches(&self, session: SessionId, resource: &str) -> bool;
    /// Takes what a viewer says about its ICE session: candidates, or an ICE restart.
    ///
    /// # Errors
    /// The session has no such viewing, or the patch does not fit its ICE session.
    async fn patch_viewing(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError>;
    /// Ends the viewing named by `resource`. Returns whether there was one.
    async fn leave(&self, session: SessionId, resource: &str) -> bool;
    /// Stops all live sessions of an owner who withdrew the consent. Returns when no media is taken any more.
    async fn withdraw(&self, owner: UserId);
    /// Takes a mark of a page, which counts from the media time of this moment. `by`: whose page it is; an interviewer sets notes and
    /// asks questions, also their own, which all pages are told.
    ///
    /// # Errors
    /// The session is not live, has no such question, or the mark is not the interviewer's to set.
    async fn mark(&self, session: SessionId, by: Participant, mark: ClientMark) -> Result<(), MarkError>;
    /// Measures the clip of the device check.
    ///
    /// # Errors
    /// The clip cannot be used, or the server cannot measure it now.
    async fn calibrate(&self, clip: Bytes) -> Result<CalibrationOutcome, CalibrateError>;
    /// Returns the current media time; `None` when the session is not live or has no media yet.
    fn now(&self, session: SessionId) -> Option<MediaTime>;
    /// Returns whether the end of an answer is followed by a further question, or by word that there is none: where words are written
    /// down.
    fn follows_up(&self) -> bool {
        false
    }
    /// Waits until the live sessions are stored, at most 15 s. The server calls it when it stops.
    async fn close(&self);
    /// Starts to finish a failed session again, from its parts in the spool. Returns when the work is under way.
    ///
    /// # Errors
    /// No part is left, the session is no longer failed, or the database does not answer.
    async fn resume(&self, session: &Session) -> Result<(), ResumeError>;
    /// Ends a deleted session at once, without storing anything, and removes its spool folder.
    async fn forget(&self, session: SessionId);
}

/// The answer to a publisher's or a viewer's offer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The SDP answer.
    pub sdp: String,
    /// Names this publishing or viewing in its URL: random, and safe to use in a URL.
    pub resource: String,
    /// Strong entity tag of the ICE session, with its quotes.
    pub etag: String,
}

/// Why an offer is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The offer is not SDP, or offers no media.
    #[error("the offer cannot be read: {0}")]
    Malformed(String),
    /// The offer is SDP, but asks for something that this server does not support.
    #[error("the offer cannot be accepted: {0}")]
    Unacceptable(String),
    /// The session has ended or is ending.
    #[error("the session no longer takes media")]
    Closed,
    /// The limit of live sessions is reached, or the disk has too little space.
    #[error("no room for another live session: {0}")]
    Busy(String),
    /// A fault of the server.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// Why a viewer's offer is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The offer is not SDP, or is not to receive media.
    #[error("the offer cannot be read: {0}")]
    Malformed(String),
    /// The offer is SDP, but asks for something that this server does not support.
    #[error("the offer cannot be accepted: {0}")]
    Unacceptable(String),
    /// The session may become live.
    #[error("nothing is sent yet; try again in a moment")]
    NothingYet,
    /// The session has ended or is ending.
    #[error("the session is over; nothing more is sent")]
    Over,
    /// The limit of viewers is reached.
    #[error("no room for another viewer: {0}")]
    Busy(String),
    /// A fault of the server.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// A PATCH of a publishing or a viewing (RFC 9725, section 4.3).
#[derive(Debug, Clone)]
pub struct Patch {
    /// The value of `If-Match`.
    pub if_match: Option<String>,
    /// An SDP fragment.
    pub fragment: String,
}

/// What came of a [`Patch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patched {
    /// Candidates, which need no answer.
    Candidates,
    /// A new ICE session: the answer's fragment, and the session's strong entity tag with its quotes.
    Restarted { fragment: String, etag: String },
}

/// Why a [`Patch`] is refused.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// There is no such publishing or viewing, or no longer.
    #[error("it has ended")]
    Unknown,
    /// The fragment is not SDP.
    #[error("the fragment cannot be read: {0}")]
    Malformed(String),
    /// The value of `If-Match` is missing.
    #[error("If-Match is missing: send the ETag of the ICE session, or * to restart it")]
    NoPrecondition,
    /// `If-Match` names another ICE session.
    #[error("this is no longer its ICE session")]
    Precondition,
    /// A fault of the server.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// Why a publishing is not stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StopError {
    /// The session is not live, or another publishing has replaced this one.
    #[error("no such publishing")]
    Unknown,
}

/// Why a mark is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// The session is not live.
    #[error("the session is not live")]
    NotLive,
    /// The session has no question of this id, or the mark names none.
    #[error("the question is not one of the session's")]
    UnknownQuestion,
    /// It is the candidate's.
    #[error("an interviewer asks questions and writes notes; the rest is the candidate's")]
    NotTheirs,
}
