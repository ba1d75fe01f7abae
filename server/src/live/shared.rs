//! What all live sessions share, and the way to each.

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

/// What all live sessions share.
pub struct LiveContext {
    pub recordings: Arc<Recordings>,
    pub endpoint: Endpoint,
    pub disk: watch::Receiver<DiskSpace>,
    pub running: DashMap<SessionId, Running>,
}

/// The way to one live session.
#[derive(Clone)]
pub struct Running {
    pub commands: mpsc::UnboundedSender<Command>,
    pub thread: thread::Handle,
    pub questions: Arc<[Question]>,
}

/// What the keeper is asked.
pub enum Command {
    Publish {
        offer: String,
        answer: oneshot::Sender<Result<PublishAnswer, PublishError>>,
    },
    Stop {
        resource: String,
        answer: oneshot::Sender<Result<(), StopError>>,
    },
    PartEvent {
        n: u32,
        part_event: PartEvent,
    },
    PartEnded(PartEnded),
    /// Deleted: end at once, store nothing.
    Forget(oneshot::Sender<()>),
}
