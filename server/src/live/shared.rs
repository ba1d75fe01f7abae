//! What all live sessions share, and the handles to each.

use super::part::{PartEnded, PartEvent};
use super::thread::{self, Question};
use super::{PublishAnswer, PublishError, StopError};
use crate::recording::Recordings;
use crate::recording::disk::DiskSpace;
use coach_core::SessionId;
use coach_media::peer::Endpoint;
use dashmap::DashMap;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// What all live sessions share. One per process.
pub struct LiveContext {
    /// What is needed to finish recordings.
    pub recordings: Arc<Recordings>,
    /// The media port.
    pub endpoint: Endpoint,
    /// The latest measurement of the disk's free space.
    pub disk: watch::Receiver<DiskSpace>,
    /// The live sessions.
    pub running: DashMap<SessionId, Running>,
}

/// The handles to one live session.
#[derive(Clone)]
pub struct Running {
    /// Sends to the session's keeper.
    pub commands: mpsc::UnboundedSender<Command>,
    /// Sends to the session's thread.
    pub thread: thread::Handle,
    /// The questions of the session, in the order they are asked.
    pub questions: Arc<[Question]>,
}

/// A command to the keeper of a session.
pub enum Command {
    /// Accepts an SDP offer.
    Publish { offer: String, answer: oneshot::Sender<Result<PublishAnswer, PublishError>> },
    /// Ends the publishing named by `resource`, and the live session with it.
    Stop { resource: String, answer: oneshot::Sender<Result<(), StopError>> },
    /// Part `n` reports how it gets on.
    PartEvent { n: u32, part_event: PartEvent },
    /// A part has ended.
    PartEnded(PartEnded),
    /// Ends a deleted session at once and stores nothing. Answered when nothing more is written.
    Forget(oneshot::Sender<()>),
}
