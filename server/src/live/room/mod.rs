//! Who takes part in a live session: those who watch its candidate, and an interviewer, who is seen, heard and recorded too.

mod interviewer;
mod recording;

pub use interviewer::{Interviewer, Setup};

use super::viewers::Viewers;
use std::sync::Arc;
use uuid::Uuid;

/// Somebody whose video and audio others get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Participant {
    Candidate,
    Interviewer,
}

/// Somebody who was invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Tells them from others who were invited: the id of their visit.
    pub id: Uuid,
    /// How they are called; `None`: they did not say.
    pub name: Option<String>,
}

/// Why somebody does not take part as the interviewer.
#[derive(Debug, thiserror::Error)]
pub enum InterviewError {
    /// The offer is not SDP, or offers no media.
    #[error("the offer cannot be read: {0}")]
    Malformed(String),
    /// The offer is SDP, but asks for something that this server does not support.
    #[error("the offer cannot be accepted: {0}")]
    Unacceptable(String),
    /// The candidate has not begun.
    #[error("the candidate has not begun; nothing is recorded until then")]
    NotYet,
    /// Somebody else is there.
    #[error(
        "{0} is the interviewer of this session already, and it can have one; ask the candidate for an observer's invitation"
    )]
    Taken(String),
    /// The session has ended or is ending.
    #[error("the session is over")]
    Over,
    /// The media port has no place.
    #[error("no room for another participant: {0}")]
    Busy(String),
    /// A fault of the server.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// The people of one live session beside its candidate.
pub struct Room {
    /// Who watches the candidate.
    pub viewers: Arc<Viewers>,
    pub interviewer: Arc<Interviewer>,
}

impl Room {
    /// Returns who watches a participant.
    pub fn viewers_of(&self, participant: Participant) -> &Arc<Viewers> {
        match participant {
            Participant::Candidate => &self.viewers,
            Participant::Interviewer => self.interviewer.viewers(),
        }
    }

    /// Returns the viewers among whom there is this viewing.
    pub fn viewers_with(&self, resource: &str) -> Option<&Arc<Viewers>> {
        [Participant::Candidate, Participant::Interviewer]
            .into_iter()
            .map(|participant| self.viewers_of(participant))
            .find(|viewers| viewers.has(resource))
    }

    /// Ends everything, because the session is over. Returns when the interviewer's recording is written.
    pub async fn close(&self) {
        self.interviewer.close().await;
        self.viewers.close().await;
    }
}
