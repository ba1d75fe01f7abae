//! What a publisher has been through, and what its handle and its peer have in common.

use crate::item::Track;
use crate::tap::{Origin, TrackStats};
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

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

impl Shared {
    /// Begins with this moment.
    pub fn new() -> Shared {
        Shared { epoch: Instant::now(), origin: OnceLock::new(), stats: Mutex::default() }
    }
}
