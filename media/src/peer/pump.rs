//! One peer: its datagrams go through the connection into the tap and items come out; key frames are requested, and the
//! peer is ended.

use super::connection::{Connection, Happening};
use super::fragment::Fragment;
use super::link::Restarted;
use super::outbox::Outbox;
use super::stats::{Shared, Stats};
use super::{Error, Event, FeedId};
use crate::item::{Formats, Track, VideoCodec};
use crate::net::{Datagram, PeerId};
use crate::room::{Feed, Publishing};
use crate::tap::{Output, Tap};
use rtc::peer_connection::state::RTCPeerConnectionState as State;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, watch};

/// The time after which a key frame is requested, so that one comes at least every 4 s, request and transmission
/// included. Clusters of the recording begin at key frames and seeking needs them, and browsers send none unasked.
const KEY_FRAME_INTERVAL: Duration = Duration::from_millis(3500);
/// The shortest time between two requests: a key frame is as large as ten other frames, and browsers have the same
/// limit.
const KEY_FRAME_LIMIT: Duration = Duration::from_millis(300);

/// Everything of one peer.
pub struct Pump {
    pub shared: Arc<Shared>,
    pub connection: Connection,
    pub tap: Tap,
    pub formats: Formats,
    /// How the video is coded.
    pub codec: VideoCodec,
    /// Where viewers get the packets.
    pub feed: Option<FeedId>,
    pub outbox: Outbox,
    pub key_frames: KeyFrames,
    /// The time by which the peer must be connected. `None`: it is connected.
    pub connect_by: Option<Duration>,
    /// Time without a packet after which the peer has failed.
    pub media_within: Duration,
    /// When the peer was connected or the newest packet arrived.
    pub last_packet: Duration,
    /// The peer's place, given back when it is dropped.
    pub place: OwnedSemaphorePermit,
    pub closed: watch::Sender<bool>,
}

/// When to request key frames.
#[derive(Default)]
pub struct KeyFrames {
    /// A video packet has arrived, so its sender can be asked.
    video: bool,
    /// Whoever decodes waits for one that was not asked for yet.
    wanted: bool,
    last: Option<Duration>,
    requests: u64,
}

impl KeyFrames {
    /// Returns when the next one is due to be asked for; `urgent`: the tap waits for one. `None` without video.
    fn due(&self, urgent: bool) -> Option<Duration> {
        let wait = if urgent || self.wanted { KEY_FRAME_LIMIT } else { KEY_FRAME_INTERVAL };
        self.video.then(|| self.last.map_or(Duration::ZERO, |last| last + wait))
    }

    fn asked(&mut self, now: Duration) {
        (self.last, self.wanted) = (Some(now), false);
        self.requests += 1;
    }
}

impl Pump {
    pub fn datagram(&mut self, datagram: &Datagram<'_>) {
        self.connection.link.read(datagram);
    }

    /// Does everything that is due at `now`. `watched`: where the packets go too, and the peer's number there. Returns
    /// whether the peer goes on.
    pub fn run(
        &mut self,
        now: Instant,
        watched: Option<(&mut Feed, PeerId)>,
        send: impl FnMut(SocketAddr, &[u8]),
    ) -> bool {
        self.connection.link.tick(now);
        let now = self.since_epoch(now);
        let goes_on = self.take(now, watched);
        if now >= self.give_up_at() {
            self.outbox.event(Event::Failed);
            return false;
        }
        self.tap.tick(now);
        self.hand_out();
        self.ask_for_key_frame(now);
        self.connection.link.write(send);
        self.publish_stats();
        goes_on && self.outbox.is_read()
    }

    /// Applies a publisher's SDP fragment. Returns the new ICE session when the fragment begins one.
    ///
    /// # Errors
    /// The library fails to restart ICE; the peer goes on as it was.
    pub fn patch(&mut self, fragment: Fragment, now: Instant) -> Result<Option<Restarted>, Error> {
        let Some(theirs) = fragment.credentials else { return Ok(None) };
        self.connection.link.restart(&theirs, now)
    }

    /// Asks for a key frame as soon as one may be asked for.
    pub fn want_key_frame(&mut self) {
        self.key_frames.wanted = true;
    }

    pub fn is_connecting(&self) -> bool {
        self.connect_by.is_some()
    }

    /// Returns when the peer has failed, unless it is connected or a packet arrives before.
    fn give_up_at(&self) -> Duration {
        self.connect_by.unwrap_or(self.last_packet + self.media_within)
    }

    fn since_epoch(&self, moment: Instant) -> Duration {
        moment.saturating_duration_since(self.shared.epoch)
    }

    /// Takes what the connection reports. Returns whether the peer goes on.
    fn take(&mut self, now: Duration, mut watched: Option<(&mut Feed, PeerId)>) -> bool {
        let Pump { connection, tap, codec, outbox, key_frames, connect_by, last_packet, shared, .. } = self;
        let arrival = |at: Instant| at.saturating_duration_since(shared.epoch).min(now);
        let mut goes_on = true;
        connection.poll(|happening| match happening {
            Happening::Packet(track, packet, at) => {
                key_frames.video |= track == Track::Video;
                *last_packet = arrival(at).max(*last_packet);
                if let Some((feed, peer)) = &mut watched {
                    let from = Publishing { number: *peer, codec: *codec };
                    feed.push(from, track, &packet, at, || tap.parameter_sets());
                }
                tap.push(track, packet, arrival(at));
            }
            Happening::Report(track, report, at) => tap.report(track, report, arrival(at)),
            Happening::State(State::Connected) => {
                *connect_by = None;
                *last_packet = now;
                outbox.event(Event::Connected);
            }
            Happening::State(State::Disconnected) => outbox.event(Event::Disconnected),
            Happening::State(State::Failed) => {
                outbox.event(Event::Failed);
                goes_on = false;
            }
            Happening::State(State::Closed) => goes_on = false,
            Happening::State(_) => {}
        });
        goes_on
    }

    fn hand_out(&mut self) {
        while let Some(output) = self.tap.poll() {
            match output {
                Output::Started(origin) => {
                    // It is set once: the tap sends `Started` once.
                    let _ = self.shared.origin.set(origin);
                    self.outbox.event(Event::Formats(self.formats.clone()));
                }
                Output::Item(item) => self.outbox.item(item),
            }
        }
    }

    fn key_frame_due(&self) -> Option<Duration> {
        self.key_frames.due(self.tap.wants_key_frame())
    }

    fn ask_for_key_frame(&mut self, now: Duration) {
        if self.key_frame_due().is_some_and(|due| now >= due) && self.connection.ask_for_key_frame() {
            self.key_frames.asked(now);
        }
    }

    /// Returns when [`Pump::run`] is due, if no datagram arrives before.
    pub fn due(&mut self) -> Instant {
        let own = [Some(self.tap.deadline()), Some(self.give_up_at()), self.key_frame_due()];
        let own = self.shared.epoch + own.into_iter().flatten().min().unwrap_or_default();
        self.connection.link.due().map_or(own, |due| due.min(own))
    }

    fn publish_stats(&self) {
        let stats = Stats {
            video: self.tap.stats(Track::Video),
            audio: self.tap.stats(Track::Audio),
            key_frame_requests: self.key_frames.requests,
            items_lost: self.outbox.lost(),
        };
        *self.shared.stats.lock().unwrap_or_else(PoisonError::into_inner) = stats;
    }

    /// Hands out what waits and the end of each track, and closes the connection.
    pub fn finish(&mut self, now: Instant, send: impl FnMut(SocketAddr, &[u8])) {
        self.take(self.since_epoch(now), None);
        self.finish_tap(now);
        self.connection.link.close();
        self.connection.link.write(send);
    }

    /// Hands out what waits after the library panicked; the connection is not touched any more.
    pub fn fail(&mut self, now: Instant) {
        self.finish_tap(now);
        self.outbox.event(Event::Failed);
    }

    fn finish_tap(&mut self, now: Instant) {
        self.tap.finish(self.since_epoch(now));
        self.hand_out();
        self.publish_stats();
    }

    /// Frees everything of the peer, then sends `Closed`.
    pub fn over(self) {
        let Pump { shared, connection, tap, formats, mut outbox, place, closed, .. } = self;
        drop((shared, connection, tap, formats, place));
        outbox.event(Event::Closed);
        drop(outbox);
        closed.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wanted_key_frame_is_due_at_once_and_no_sooner_than_the_limit_after_the_last_request() {
        let mut key_frames = KeyFrames { wanted: true, ..KeyFrames::default() };
        assert_eq!(key_frames.due(false), None, "there is no video");
        key_frames.video = true;
        assert_eq!(key_frames.due(false), Some(Duration::ZERO));
        let now = Duration::from_secs(7);
        key_frames.asked(now);
        assert_eq!(key_frames.due(false), Some(now + KEY_FRAME_INTERVAL), "asked for once");
        key_frames.wanted = true;
        assert_eq!(key_frames.due(false), Some(now + KEY_FRAME_LIMIT));
        assert_eq!(key_frames.requests, 1);
    }
}
