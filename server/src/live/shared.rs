//! What all live sessions share, and the handles to each.

use super::part::{PartEnded, PartEvent};
use super::room::Room;
use super::thread::{self, Question};
use super::{Answered, Patch, PatchError, Patched, PublishError, StopError};
use crate::jobs::Workplace;
use crate::places::Places;
use crate::providers::follow_up::Questioner;
use crate::recording::Recordings;
use crate::recording::disk::DiskSpace;
use coach_core::{SessionId, UserId};
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
    pub places: Arc<Places>,
    /// Where clips of device checks lie while they are measured.
    pub workplace: Workplace,
    pub disk: watch::Receiver<DiskSpace>,
    /// Words further questions; `None`: the operator has set no service for it.
    pub questioner: Option<Questioner>,
    /// The live sessions.
    pub running: DashMap<SessionId, Running>,
}

/// The handles to one live session.
#[derive(Clone)]
pub struct Running {
    pub owner: UserId,
    pub commands: mpsc::UnboundedSender<Command>,
    /// Sends to the session's thread.
    pub thread: thread::Handle,
    /// The questions of the session, in the order they are asked.
    pub questions: Arc<[Question]>,
    /// Who takes part beside the candidate.
    pub room: Arc<Room>,
}

/// A command to the keeper of a session.
pub enum Command {
    Publish {
        offer: String,
        answer: oneshot::Sender<Result<Answered, PublishError>>,
    },
    Stop {
        resource: String,
        answer: oneshot::Sender<Result<(), StopError>>,
    },
    Publishes {
        resource: String,
        answer: oneshot::Sender<bool>,
    },
    Patch {
        resource: String,
        patch: Patch,
        answer: oneshot::Sender<Result<Patched, PatchError>>,
    },
    PartEvent {
        n: u32,
        part_event: PartEvent,
    },
    PartEnded(PartEnded),
    /// The consent is withdrawn: end as if the person had stopped; told when no media is taken any more.
    Withdraw(oneshot::Sender<()>),
    /// Deleted: end at once, store nothing.
    Forget(oneshot::Sender<()>),
}
