//! The handle to one publisher. Dropping it closes the peer.

use super::command::{Command, Remote};
use super::stats::{Shared, Stats};
use super::{Error, Event, Patched};
use coach_core::MediaTime;
use std::sync::{Arc, PoisonError};
use tokio::sync::{mpsc, watch};

/// The handle to a peer that publishes.
#[derive(Debug)]
pub struct Publisher {
    remote: Remote,
    shared: Arc<Shared>,
    closed: watch::Receiver<bool>,
    events: Option<mpsc::Receiver<Event>>,
}

impl Publisher {
    pub(super) fn new(
        remote: Remote,
        shared: Arc<Shared>,
        closed: watch::Receiver<bool>,
        events: mpsc::Receiver<Event>,
    ) -> Publisher {
        Publisher { remote, shared, closed, events: Some(events) }
    }

    /// Returns the receiver of the peer's events, `Closed` last. Only the first call does; a later one returns a
    /// receiver that is already closed.
    ///
    /// The peer never waits for the reader. When the receiver is dropped the peer is closed.
    pub fn events(&mut self) -> mpsc::Receiver<Event> {
        self.events.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Applies an SDP fragment (RFC 9725, section 4.3): candidates are ignored, new credentials restart ICE while the
    /// media goes on.
    ///
    /// # Errors
    /// [`Error::Malformed`]: the text is no fragment. [`Error::Engine`]: the restart failed, or the peer is gone.
    pub async fn patch(&self, fragment: &str) -> Result<Patched, Error> {
        self.remote.patch(fragment).await
    }

    /// Returns the media time of this moment. `None` until the first unit is known, about a second after `Connected`.
    pub fn now(&self) -> Option<MediaTime> {
        self.shared.origin.get().map(|origin| origin.at(self.shared.epoch.elapsed()))
    }

    /// Returns the counts of the peer since its offer.
    pub fn stats(&self) -> Stats {
        *self.shared.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the peer for a key frame, because whoever decodes has lost video. Returns at once. Key frames are asked for at most every
    /// 300 ms, so asking again for the same one costs nothing.
    pub fn ask_for_key_frame(&self) {
        self.remote.ask(Command::KeyFrame(self.remote.peer));
    }

    /// Hands out what has arrived and the end of each track, closes the connection and frees everything. Returns at
    /// once when the peer is closed already.
    pub async fn close(&self) {
        self.remote.ask(Command::Close(self.remote.peer));
        // An error means that the peer is gone with everything it had.
        let _ = self.closed.clone().wait_for(|closed| *closed).await;
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.remote.ask(Command::Close(self.remote.peer));
    }
}
