//! The commands to the thread that runs all peers.

use super::Error;
use super::fragment::Fragment;
use super::pump::{Pump, Restarted};
use crate::net::PeerId;
use tokio::sync::oneshot;

/// A command to the thread that runs all peers.
pub enum Command {
    /// Adds a peer, which proves itself by these ICE credentials.
    Join { peer: PeerId, ufrag: String, password: String, pump: Box<Pump> },
    /// Applies a publisher's SDP fragment. The answer is `Some` when the fragment began a new ICE session.
    Patch { peer: PeerId, fragment: Fragment, answer: oneshot::Sender<Result<Option<Restarted>, Error>> },
    /// Asks one peer for a key frame.
    KeyFrame(PeerId),
    /// Closes one peer.
    Close(PeerId),
    /// Closes all peers, then ends the thread.
    End,
}
