//! What all live sessions share, and the way to each.

use super::keeper::Command;
use super::thread::{self, Question};
use crate::recording::Recordings;
use crate::recording::disk::DiskSpace;
use coach_core::SessionId;
use coach_media::peer::Endpoint;
use dashmap::DashMap;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

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
