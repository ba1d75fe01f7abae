//! The handle to one publisher. Dropping it closes the peer.

use super::Event;
use super::network::Command;
use crate::item::Track;
use crate::net::PeerId;
use crate::tap::{Origin, TrackStats};
use coach_core::MediaTime;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc::Sender};
use std::time::Instant;
use tokio::sync::{mpsc, watch};

/// What a publisher has been through, counted since its offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    pub video: TrackStats,
    pub audio: TrackStats,
    /// Key frames we asked for.
    pub key_frame_requests: u64,
    /// Units lost because the reader of the events stood still.
    pub items_lost: u64,
}

impl Stats {
    pub fn of(&self, track: Track) -> &TrackStats {
        if track == Track::Video { &self.video } else { &self.audio }
    }
}

/// What the handle and the peer have in common.
#[derive(Debug)]
pub struct Shared {
    pub epoch: Instant,
    pub origin: OnceLock<Origin>,
    pub stats: Mutex<Stats>,
}

/// A peer that publishes to us.
#[derive(Debug)]
pub struct Publisher {
    peer: PeerId,
    shared: Arc<Shared>,
    network: Sender<Command>,
    closed: watch::Receiver<bool>,
    events: Option<mpsc::Receiver<Event>>,
}

impl Publisher {
    pub(super) fn new(
        peer: PeerId,
        shared: Arc<Shared>,
        network: Sender<Command>,
        closed: watch::Receiver<bool>,
        events: mpsc::Receiver<Event>,
    ) -> Publisher {
        Publisher { peer, shared, network, closed, events: Some(events) }
    }

    /// What the peer does, `Closed` last. It goes to one reader: a second call gets a channel that is closed already.
    ///
    /// The peer never waits for the reader. When the reader drops the receiver the peer is closed.
    pub fn events(&mut self) -> mpsc::Receiver<Event> {
        self.events.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Asks for a key frame, at most every 300 ms however often it is called.
    pub fn request_key_frame(&self) {
        self.ask(Command::KeyFrame(self.peer));
    }

    /// Media time of this moment; `None` before the first unit is known, about a second after `Connected`.
    pub fn now(&self) -> Option<MediaTime> {
        self.shared.origin.get().map(|origin| origin.at(self.shared.epoch.elapsed()))
    }

    pub fn stats(&self) -> Stats {
        *self.shared.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands out what has arrived and the ends, says goodbye, frees everything. Idempotent.
    pub async fn close(&self) {
        self.ask(Command::Close(self.peer));
        // An error means that the peer is gone, and everything with it.
        let _ = self.closed.clone().wait_for(|closed| *closed).await;
    }

    fn ask(&self, command: Command) {
        // An error means that the network has ended, and with it the peer.
        let _ = self.network.send(command);
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.ask(Command::Close(self.peer));
    }
}
