//! Live sessions: which there are, the way to each, and what the rest of the server may ask of them.

mod inbox;
mod keeper;
mod part;
mod service;
mod shared;
mod thread;
mod writer;

pub use service::open;

use crate::analysis::calibrate::{CalibrateError, CalibrationOutcome};
use crate::channel::protocol::ClientMark;
use crate::recording::recover::ResumeError;
use crate::store::sessions::Session;
use async_trait::async_trait;
use bytes::Bytes;
use coach_core::{MediaTime, SessionId, UserId};

/// What the routes may ask of live sessions.
#[async_trait]
pub trait LiveSessions: Send + Sync {
    /// Whether a session may begin now.
    ///
    /// # Errors
    /// There is no room on the disk; the text says how much is missing.
    fn admits(&self) -> Result<(), String>;
    /// A publisher's SDP offer. A second publishing by the same owner takes over.
    async fn publish(&self, session: &Session, offer: &str) -> Result<PublishAnswer, PublishError>;
    /// Ends the publishing for good: the session goes on to finalising.
    async fn stop(&self, session: SessionId, resource: &str) -> Result<(), StopError>;
    /// Whether this is the URL of the present publishing.
    async fn publishes(&self, session: SessionId, resource: &str) -> bool;
    /// Takes what a publisher says about its ICE session: candidates, or an ICE restart.
    async fn patch(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError>;
    /// The owner withdrew the consent: all of their live sessions stop. Returns when no media is taken any more.
    async fn withdraw(&self, owner: UserId);
    /// Something the page said about the session; it counts from the media time of this moment.
    async fn mark(&self, session: SessionId, mark: ClientMark) -> Result<(), MarkError>;
    /// Measures the clip of the device check.
    async fn calibrate(&self, clip: Bytes) -> Result<CalibrationOutcome, CalibrateError>;
    /// Media time of this moment; `None` while nothing is published.
    fn now(&self, session: SessionId) -> Option<MediaTime>;
    /// The server stops: live sessions are ended and stored, as far as there is time.
    async fn close(&self);
    /// A failed session once more, from the recording that is still in the spool. Returns when it is under way.
    async fn resume(&self, session: &Session) -> Result<(), ResumeError>;
    /// The session is deleted: stop at once, write nothing more, remove the spool.
    async fn forget(&self, session: SessionId);
}

/// What a publisher gets back.
#[derive(Debug, Clone)]
pub struct PublishAnswer {
    pub sdp: String,
    /// Names this publishing in its URL; unguessable, URL-safe.
    pub resource: String,
    /// Strong entity tag of the ICE session, quotes included.
    pub etag: String,
}

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The offer is not SDP.
    #[error("the offer cannot be read: {0}")]
    Malformed(String),
    /// It is SDP, but asks for what this server does not take.
    #[error("the offer cannot be accepted: {0}")]
    Unacceptable(String),
    #[error("the session no longer takes media")]
    Closed,
    /// As many live sessions as the machine can carry.
    #[error("no room for another live session: {0}")]
    Busy(String),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// A PATCH of a publishing (RFC 9725, section 4.3).
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
    /// A new ICE session: the answer's fragment, and the session's strong entity tag, quotes included.
    Restarted { fragment: String, etag: String },
}

#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    #[error("no such publishing")]
    Unknown,
    #[error("the fragment cannot be read: {0}")]
    Malformed(String),
    #[error("If-Match is missing: send the ETag of the ICE session, or * to restart it")]
    NoPrecondition,
    #[error("this is no longer the publishing's ICE session")]
    Precondition,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum StopError {
    #[error("no such publishing")]
    Unknown,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    #[error("the session is not live")]
    NotLive,
    #[error("the question is not one of the session's")]
    UnknownQuestion,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}
