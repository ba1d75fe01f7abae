//! The commands to the thread that runs all peers.

use super::fragment::{self, Fragment};
use super::link::Restarted;
use super::member::Member;
use super::{Error, Patched, answer};
use crate::net::PeerId;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use tokio::sync::oneshot;

/// A command to the thread that runs all peers.
pub enum Command {
    /// Adds a peer, which proves itself by these ICE credentials.
    Join { peer: PeerId, ufrag: String, password: String, member: Member },
    /// Applies a peer's SDP fragment. The answer is `Some` when the fragment began a new ICE session.
    Patch { peer: PeerId, fragment: Fragment, answer: oneshot::Sender<Result<Option<Restarted>, Error>> },
    /// Asks one publisher for a key frame.
    KeyFrame(PeerId),
    /// Closes one peer.
    Close(PeerId),
    /// Closes all peers, then ends the thread.
    End,
}

/// One peer, as seen from other threads.
#[derive(Debug)]
pub struct Remote {
    pub peer: PeerId,
    pub network: Sender<Command>,
    /// The addresses that the peer was told.
    pub announced: Vec<SocketAddr>,
}

impl Remote {
    /// Sends a command.
    pub fn ask(&self, command: Command) {
        // An error means that the network thread has ended, and the peer with it.
        let _ = self.network.send(command);
    }

    /// Applies an SDP fragment: candidates are ignored, new credentials restart ICE.
    ///
    /// # Errors
    /// [`Error::Malformed`]: the text is no fragment. [`Error::Engine`]: the restart failed, or the peer is gone.
    pub async fn patch(&self, fragment: &str) -> Result<Patched, Error> {
        let fragment = fragment::parse(fragment)?;
        let (answer, answered) = oneshot::channel();
        self.ask(Command::Patch { peer: self.peer, fragment, answer });
        let restarted = answered.await.map_err(|_| Error::Engine("the peer has left".into()))??;
        Ok(match restarted {
            None => Patched::Candidates,
            Some(restarted) => {
                let sdp = answer::with_candidates(&restarted.sdp, &self.announced);
                Patched::Restarted { fragment: fragment::of_answer(&sdp), ice_tag: restarted.ufrag }
            }
        })
    }
}
