//! A peer on the network thread: one that publishes, or one that watches.

use super::Error;
use super::fragment::Fragment;
use super::link::Restarted;
use super::pump::Pump;
use super::watch::Watch;
use crate::net::{Datagram, PeerId};
use crate::room::Feed;
use std::net::SocketAddr;
use std::time::Instant;

/// A peer.
pub enum Member {
    Publisher(Box<Pump>),
    Viewer(Box<Watch>),
}

impl Member {
    pub fn datagram(&mut self, datagram: &Datagram<'_>) {
        match self {
            Member::Publisher(pump) => pump.datagram(datagram),
            Member::Viewer(watch) => watch.datagram(datagram),
        }
    }

    /// Does everything that is due at `now`. `watched`: where a publisher's packets go too. Returns whether the peer goes
    /// on, and when it is due next.
    pub fn run(
        &mut self,
        now: Instant,
        watched: Option<(&mut Feed, PeerId)>,
        send: impl FnMut(SocketAddr, &[u8]),
    ) -> (bool, Instant) {
        match self {
            Member::Publisher(pump) => (pump.run(now, watched, send), pump.due()),
            Member::Viewer(watch) => (watch.run(now, send), watch.due(now)),
        }
    }

    /// Applies an SDP fragment. Returns the new ICE session when the fragment begins one.
    ///
    /// # Errors
    /// The library fails to restart ICE; the peer goes on as it was.
    pub fn patch(&mut self, fragment: Fragment, now: Instant) -> Result<Option<Restarted>, Error> {
        match self {
            Member::Publisher(pump) => pump.patch(fragment, now),
            Member::Viewer(watch) => watch.patch(fragment, now),
        }
    }

    pub fn is_connecting(&self) -> bool {
        match self {
            Member::Publisher(pump) => pump.is_connecting(),
            Member::Viewer(watch) => watch.is_connecting(),
        }
    }

    /// Hands out what waits, and closes the connection.
    pub fn finish(&mut self, now: Instant, send: impl FnMut(SocketAddr, &[u8])) {
        match self {
            Member::Publisher(pump) => pump.finish(now, send),
            Member::Viewer(watch) => watch.finish(send),
        }
    }

    /// Hands out what waits after the library panicked; the connection is not touched any more.
    pub fn fail(&mut self, now: Instant) {
        match self {
            Member::Publisher(pump) => pump.fail(now),
            Member::Viewer(_) => {}
        }
    }

    /// Frees everything of the peer, then says that it is closed.
    pub fn over(self) {
        match self {
            Member::Publisher(pump) => pump.over(),
            Member::Viewer(watch) => watch.over(),
        }
    }
}
