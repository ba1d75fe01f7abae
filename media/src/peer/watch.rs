//! One viewer on the network thread: what the feed has goes through the switches into the connection.

use super::Error;
use super::fragment::Fragment;
use super::link::Restarted;
use super::outlet::{Outlet, Switches};
use super::{FeedId, ViewerStats};
use crate::item::Track;
use crate::net::Datagram;
use crate::room::{Allowance, Fresh};
use rtc::peer_connection::state::RTCPeerConnectionState as State;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, watch};

/// The shortest time between two key frames that one viewer causes by asking.
const WISH_LIMIT: Duration = Duration::from_secs(2);

/// Counts that the handle and the viewer share.
#[derive(Debug, Default)]
pub struct Sent {
    pub video: AtomicU64,
    pub audio: AtomicU64,
    pub pauses: AtomicU64,
}

impl Sent {
    pub fn stats(&self) -> ViewerStats {
        ViewerStats {
            video_packets: self.video.load(Relaxed),
            audio_packets: self.audio.load(Relaxed),
            video_pauses: self.pauses.load(Relaxed),
        }
    }
}

/// Everything of one viewer.
pub struct Watch {
    pub outlet: Outlet,
    pub switches: Switches,
    pub feed: FeedId,
    pub allowance: Allowance,
    /// By when the viewer must be connected. `None`: it is connected.
    pub connect_by: Option<Instant>,
    /// When its last wish for a key frame was passed on.
    pub wished: Option<Instant>,
    pub sent: Arc<Sent>,
    /// The viewer's place, given back when it is dropped.
    pub place: OwnedSemaphorePermit,
    pub closed: watch::Sender<bool>,
}

impl Watch {
    pub fn datagram(&mut self, datagram: &Datagram<'_>) {
        self.outlet.read(datagram);
    }

    /// Takes the packets that have come since the last turn.
    pub fn forward(&mut self, fresh: &[Fresh], now: Instant) {
        if self.is_connecting() {
            return;
        }
        self.outlet.link.tick(now);
        let has_video = self.allowance.has_video(now);
        for packet in fresh.iter().filter(|packet| has_video || packet.track == Track::Audio) {
            let Some((track, switch)) = self.switches.iter_mut().find(|(track, _)| *track == packet.track) else {
                continue;
            };
            for outgoing in switch.forward(packet) {
                let count = if *track == Track::Video { &self.sent.video } else { &self.sent.audio };
                count.fetch_add(1, Relaxed);
                self.outlet.send(*track, outgoing);
            }
        }
    }

    /// Does everything that is due at `now`. Returns whether the viewer goes on.
    pub fn run(&mut self, now: Instant, send: impl FnMut(SocketAddr, &[u8])) -> bool {
        self.outlet.link.tick(now);
        self.outlet.drain();
        self.listen(now);
        let mut goes_on = true;
        while let Some(state) = self.outlet.link.next_state() {
            match state {
                State::Connected => self.connect_by = None,
                State::Failed | State::Closed => goes_on = false,
                _ => {}
            }
        }
        self.outlet.link.write(send);
        goes_on && self.connect_by.is_none_or(|by| now < by)
    }

    /// Leaves video out when the viewer has reported for a while that it does not arrive.
    fn listen(&mut self, now: Instant) {
        if self.outlet.said.loss().is_some_and(|lost| self.allowance.report(lost, now)) {
            self.sent.pauses.fetch_add(1, Relaxed);
            for (_, switch) in self.switches.iter_mut().filter(|(track, _)| *track == Track::Video) {
                switch.pause();
            }
        }
    }

    /// Applies a viewer's SDP fragment. Returns the new ICE session when the fragment begins one.
    ///
    /// # Errors
    /// The library fails to restart ICE; the viewer goes on as it was.
    pub fn patch(&mut self, fragment: Fragment, now: Instant) -> Result<Option<Restarted>, Error> {
        let Some(theirs) = fragment.credentials else { return Ok(None) };
        self.outlet.link.restart(&theirs, now)
    }

    /// Returns whether the viewer needs a key frame now: it has seen none yet, or has lost one and asks.
    pub fn wants_key_frame(&mut self, now: Instant) -> bool {
        if self.is_connecting() || !self.allowance.has_video(now) {
            return false;
        }
        if self.switches.iter().any(|(_, switch)| switch.waits_for_key_frame()) {
            return true;
        }
        let limited = self.wished.is_some_and(|wished| now < wished + WISH_LIMIT);
        if limited || !self.outlet.said.wants_key_frame() {
            return false;
        }
        self.outlet.said.answered();
        self.wished = Some(now);
        true
    }

    pub fn is_connecting(&self) -> bool {
        self.connect_by.is_some()
    }

    /// Returns when [`Watch::run`] is due, if neither a datagram nor a packet comes before.
    pub fn due(&mut self, now: Instant) -> Instant {
        let own = self.connect_by.unwrap_or(now + WISH_LIMIT);
        self.outlet.link.due().map_or(own, |due| due.min(own))
    }

    /// Closes the connection.
    pub fn finish(&mut self, send: impl FnMut(SocketAddr, &[u8])) {
        self.outlet.link.close();
        self.outlet.link.write(send);
    }

    /// Frees everything of the viewer, then says that it is closed.
    pub fn over(self) {
        let Watch { outlet, switches, place, closed, .. } = self;
        drop((outlet, switches, place));
        closed.send_replace(true);
    }
}
