//! One peer's own task: packets into the tap, items out, key frames asked for, and the end of it all.

use super::Event;
use super::callbacks::{Arrived, Control};
use super::outbox::Outbox;
use super::publisher::{Shared, Stats};
use crate::item::{Formats, Track};
use crate::net::Lease;
use crate::tap::{Output, Tap};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{PeerConnection, RTCPeerConnectionState as State};

/// Clusters of the recording and seeking in it begin at key frames, and browsers send none of their own accord. There is
/// one at least every 4 s, the time that asking and sending take included.
const KEY_FRAME_INTERVAL: Duration = Duration::from_millis(3500);
/// Never more often: a key frame is as big as ten others, and browsers take the same for their own limit.
const KEY_FRAME_LIMIT: Duration = Duration::from_millis(300);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

pub struct Pump {
    pub shared: Arc<Shared>,
    pub connection: Arc<dyn PeerConnection>,
    pub lease: Arc<Lease>,
    pub control: mpsc::UnboundedReceiver<Control>,
    pub packets: mpsc::Receiver<Arrived>,
    pub tap: Tap,
    pub formats: Formats,
    pub outbox: Outbox,
    pub key_frames: KeyFrames,
    /// Until it is connected: when waiting for that is over.
    pub connect_by: Option<Duration>,
    /// Given back when everything is over.
    pub place: OwnedSemaphorePermit,
}

/// When to ask for key frames.
#[derive(Default)]
pub struct KeyFrames {
    track: Option<Arc<dyn TrackRemote>>,
    ssrc: Option<u32>,
    last: Option<Duration>,
    requests: u64,
}

/// Says that everything is over, also when the task panics or is aborted.
struct AtEnd(Arc<Shared>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.closed.send_replace(true);
    }
}

impl Pump {
    /// Runs until the peer is closed by either side.
    pub async fn run(mut self) {
        let _at_end = AtEnd(self.shared.clone());
        loop {
            let due = self.due();
            let sleep = tokio::time::sleep_until((self.shared.epoch + due).into());
            let goes_on = tokio::select! {
                Some((track, packet, arrival)) = self.packets.recv() => {
                    self.packet(track, packet, arrival);
                    true
                }
                Some(control) = self.control.recv() => self.control(control),
                () = self.shared.wake.notified() => true,
                () = sleep => true,
            };
            if !goes_on || self.shared.stop.load(Relaxed) || !self.outbox.is_read() {
                break;
            }
            let now = self.shared.epoch.elapsed();
            if self.connect_by.is_some_and(|by| now >= by) {
                self.outbox.event(Event::Failed);
                break;
            }
            self.tap.tick(now);
            self.drain();
            self.ask_for_key_frame(now);
            self.publish_stats();
        }
        self.close().await;
    }

    fn packet(&mut self, track: Track, packet: crate::tap::Packet, arrival: Duration) {
        if track == Track::Video {
            self.key_frames.ssrc = Some(packet.ssrc);
        }
        self.tap.push(track, packet, arrival);
    }

    /// Whether the peer goes on.
    fn control(&mut self, control: Control) -> bool {
        match control {
            Control::Track(Track::Video, track) => self.key_frames.track = Some(track),
            Control::Track(Track::Audio, _) => {}
            Control::State(State::Connected) => {
                self.connect_by = None;
                self.outbox.event(Event::Connected);
            }
            Control::State(State::Disconnected) => self.outbox.event(Event::Disconnected),
            Control::State(State::Failed) | Control::TaskEnded => {
                self.outbox.event(Event::Failed);
                return false;
            }
            Control::State(State::Closed) => return false,
            Control::State(_) => {}
        }
        true
    }

    fn drain(&mut self) {
        while let Some(output) = self.tap.poll() {
            match output {
                Output::Started(origin) => {
                    // It comes once.
                    let _ = self.shared.origin.set(origin);
                    self.outbox.event(Event::Formats(self.formats.clone()));
                }
                Output::Item(item) => self.outbox.item(item),
            }
        }
    }

    fn ask_for_key_frame(&mut self, now: Duration) {
        let wanted = self.tap.wants_key_frame() || self.shared.key_frame_wanted.load(Relaxed);
        let key_frames = &mut self.key_frames;
        let (Some(track), Some(media_ssrc)) = (&key_frames.track, key_frames.ssrc) else { return };
        let wait = if wanted { KEY_FRAME_LIMIT } else { KEY_FRAME_INTERVAL };
        if key_frames.last.is_some_and(|last| now < last + wait) {
            return;
        }
        self.shared.key_frame_wanted.store(false, Relaxed);
        key_frames.last = Some(now);
        key_frames.requests += 1;
        let track = track.clone();
        // The library's queue may be full for a moment, and the tap does not wait.
        tokio::spawn(async move {
            let request = PictureLossIndication { sender_ssrc: 1, media_ssrc };
            // An error says that the connection has ended, which is said elsewhere.
            let _ = track.write_rtcp(vec![Box::new(request)]).await;
        });
    }

    /// When to look again, if nothing happens before.
    fn due(&self) -> Duration {
        let mut due = self.tap.deadline().min(self.connect_by.unwrap_or(Duration::MAX));
        if let (Some(last), true) = (self.key_frames.last, self.key_frames.track.is_some()) {
            let wanted = self.tap.wants_key_frame() || self.shared.key_frame_wanted.load(Relaxed);
            due = due.min(last + if wanted { KEY_FRAME_LIMIT } else { KEY_FRAME_INTERVAL });
        }
        due
    }

    fn publish_stats(&self) {
        let stats = Stats {
            video: self.tap.stats(Track::Video),
            audio: self.tap.stats(Track::Audio),
            key_frame_requests: self.key_frames.requests,
            items_lost: self.outbox.lost(),
            datagrams_lost: self.lease.overflow(),
        };
        *self.shared.stats.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = stats;
    }

    async fn close(mut self) {
        while let Ok((track, packet, arrival)) = self.packets.try_recv() {
            self.packet(track, packet, arrival);
        }
        self.tap.finish(self.shared.epoch.elapsed());
        self.drain();
        self.publish_stats();
        // Says goodbye to the other side while it still has a place on the port.
        match tokio::time::timeout(CLOSE_TIMEOUT, self.connection.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a peer connection did not close cleanly"),
            Err(_) => tracing::warn!("a peer connection did not close in time"),
        }
        self.lease.revoke();
        drop((self.connection, self.key_frames, self.lease, self.place));
        self.outbox.event(Event::Closed);
    }
}
