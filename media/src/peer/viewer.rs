//! The handle to one viewer. Dropping it closes the peer.

use super::command::{Command, Remote};
use super::watch::Sent;
use super::{Error, Patched};
use std::sync::Arc;
use tokio::sync::watch;

/// The counts of a viewer since its offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ViewerStats {
    /// Packets that were passed on.
    pub video_packets: u64,
    pub audio_packets: u64,
    /// How often video was left out because the viewer's line did not carry it.
    pub video_pauses: u64,
}

/// The handle to a peer that watches.
#[derive(Debug)]
pub struct Viewer {
    remote: Remote,
    sent: Arc<Sent>,
    closed: watch::Receiver<bool>,
}

impl Viewer {
    pub(super) fn new(remote: Remote, sent: Arc<Sent>, closed: watch::Receiver<bool>) -> Viewer {
        Viewer { remote, sent, closed }
    }

    /// Applies an SDP fragment (RFC 9725, section 4.3): candidates are ignored, new credentials restart ICE while the
    /// media goes on.
    ///
    /// # Errors
    /// [`Error::Malformed`]: the text is no fragment. [`Error::Engine`]: the restart failed, or the peer is gone.
    pub async fn patch(&self, fragment: &str) -> Result<Patched, Error> {
        self.remote.patch(fragment).await
    }

    /// Returns the counts of the viewer since its offer.
    pub fn stats(&self) -> ViewerStats {
        self.sent.stats()
    }

    /// Waits until the viewer has left, is lost or was closed.
    pub async fn gone(&self) {
        // An error means that the network thread has ended, and the viewer with it.
        let _ = self.closed.clone().wait_for(|closed| *closed).await;
    }

    /// Closes the connection and frees everything. Returns at once when the peer is closed already.
    pub async fn close(&self) {
        self.remote.ask(Command::Close(self.remote.peer));
        self.gone().await;
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.remote.ask(Command::Close(self.remote.peer));
    }
}
