//! The handle to one publisher. Dropping it closes the peer.

use super::command::Command;
use super::stats::{Shared, Stats};
use super::{Error, Event, Patched, answer, fragment};
use crate::net::PeerId;
use coach_core::MediaTime;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, mpsc::Sender};
use tokio::sync::{mpsc, oneshot, watch};

/// The handle to a peer that publishes.
#[derive(Debug)]
pub struct Publisher {
    peer: PeerId,
    shared: Arc<Shared>,
    network: Sender<Command>,
    closed: watch::Receiver<bool>,
    events: Option<mpsc::Receiver<Event>>,
    announced: Vec<SocketAddr>,
}

impl Publisher {
    pub(super) fn new(
        peer: PeerId,
        shared: Arc<Shared>,
        network: Sender<Command>,
        closed: watch::Receiver<bool>,
        events: mpsc::Receiver<Event>,
        announced: Vec<SocketAddr>,
    ) -> Publisher {
        Publisher { peer, shared, network, closed, events: Some(events), announced }
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
        let fragment = fragment::parse(fragment)?;
        let (answer, answered) = oneshot::channel();
        self.ask(Command::Patch { peer: self.peer, fragment, answer });
        let restarted = answered.await.map_err(|_| Error::Engine("the publisher has left".into()))??;
        Ok(match restarted {
            None => Patched::Candidates,
            Some(restarted) => {
                let sdp = answer::with_candidates(&restarted.sdp, &self.announced);
                Patched::Restarted { fragment: fragment::of_answer(&sdp), ice_tag: restarted.ufrag }
            }
        })
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
        self.ask(Command::KeyFrame(self.peer));
    }

    /// Hands out what has arrived and the end of each track, closes the connection and frees everything. Returns at
    /// once when the peer is closed already.
    pub async fn close(&self) {
        self.ask(Command::Close(self.peer));
        // An error means that the peer is gone with everything it had.
        let _ = self.closed.clone().wait_for(|closed| *closed).await;
    }

    fn ask(&self, command: Command) {
        // An error means that the network thread has ended, and the peer with it.
        let _ = self.network.send(command);
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.ask(Command::Close(self.peer));
    }
}
