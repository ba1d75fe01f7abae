//! What the thread of all peers is asked to do.

use super::Error;
use super::fragment::Fragment;
use super::pump::{Pump, Restarted};
use crate::net::PeerId;
use tokio::sync::oneshot;

pub enum Command {
    /// Lets the pump's peer come, which proves itself with these ICE credentials.
    Join { peer: PeerId, ufrag: String, password: String, pump: Box<Pump> },
    /// Takes what a publisher says about its ICE session; the answer is `Some` when that began a new one.
    Patch { peer: PeerId, fragment: Fragment, answer: oneshot::Sender<Result<Option<Restarted>, Error>> },
    /// Closes one peer.
    Close(PeerId),
    /// Closes all peers, then ends the thread.
    End,
}
