//! The handle to one publisher. Dropping it closes the peer.

use super::Event;
use crate::item::Track;
use crate::tap::{Origin, TrackStats};
use coach_core::MediaTime;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;
use tokio::sync::{Notify, mpsc, watch};

/// What a publisher has been through, counted since its offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    pub video: TrackStats,
    pub audio: TrackStats,
    /// Key frames we asked for.
    pub key_frame_requests: u64,
    /// Units lost because the reader of the events stood still.
    pub items_lost: u64,
    /// Datagrams lost because the machine could not keep up.
    pub datagrams_lost: u64,
}

impl Stats {
    pub fn of(&self, track: Track) -> &TrackStats {
        if track == Track::Video { &self.video } else { &self.audio }
    }
}

/// What the handle and the peer's task have in common.
#[derive(Debug)]
pub struct Shared {
    pub epoch: Instant,
    pub origin: OnceLock<Origin>,
    pub stats: Mutex<Stats>,
    pub key_frame_wanted: AtomicBool,
    pub stop: AtomicBool,
    pub wake: Notify,
    pub closed: watch::Sender<bool>,
}

/// A peer that publishes to us.
#[derive(Debug)]
pub struct Publisher {
    shared: Arc<Shared>,
    events: Option<mpsc::Receiver<Event>>,
}

impl Publisher {
    pub(super) fn new(shared: Arc<Shared>, events: mpsc::Receiver<Event>) -> Publisher {
        Publisher { shared, events: Some(events) }
    }

    /// What the peer does, `Closed` last. It goes to one reader: a second call gets a channel that is closed already.
    ///
    /// The peer never waits for the reader. When the reader drops the receiver the peer is closed.
    pub fn events(&mut self) -> mpsc::Receiver<Event> {
        self.events.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Asks for a key frame, at most every 300 ms however often it is called.
    pub fn request_key_frame(&self) {
        self.shared.key_frame_wanted.store(true, Relaxed);
        self.shared.wake.notify_one();
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
        self.stop();
        // An error means that the task is gone, and everything with it.
        let _ = self.shared.closed.subscribe().wait_for(|closed| *closed).await;
    }

    fn stop(&self) {
        self.shared.stop.store(true, Relaxed);
        self.shared.wake.notify_one();
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.stop();
    }
}
