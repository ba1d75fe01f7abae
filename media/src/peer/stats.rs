//! The counts of a publisher, and the state that its handle and its peer share.

use crate::item::Track;
use crate::tap::{Origin, TrackStats};
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

/// The counts of a publisher since its offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    pub video: TrackStats,
    pub audio: TrackStats,
    /// Requests for key frames.
    pub key_frame_requests: u64,
    /// Events lost because their reader did not read.
    pub items_lost: u64,
}

impl Stats {
    /// Returns the counts of one track.
    pub fn of(&self, track: Track) -> &TrackStats {
        if track == Track::Video { &self.video } else { &self.audio }
    }
}

/// The state that the handle and the peer share.
#[derive(Debug)]
pub struct Shared {
    /// The moment from which the peer's times are counted.
    pub epoch: Instant,
    /// Where media time 0 is, once that is known.
    pub origin: OnceLock<Origin>,
    pub stats: Mutex<Stats>,
}

impl Shared {
    /// Returns a state that begins at this moment.
    pub fn new() -> Shared {
        Shared { epoch: Instant::now(), origin: OnceLock::new(), stats: Mutex::default() }
    }
}
