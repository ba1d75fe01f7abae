//! The only callbacks of the library: states and tracks become messages, packets are stamped with their arrival.

use crate::item::Track;
use crate::tap::Packet;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{PeerConnectionEventHandler, RTCIceGatheringState, RTCPeerConnectionState};

/// What happens to the connection.
pub enum Control {
    State(RTCPeerConnectionState),
    /// The first packet of a track has come.
    Track(Track, Arc<dyn TrackRemote>),
    /// A task of the library has ended: by closing, or by a panic.
    TaskEnded,
}

/// A packet, its track, and the time since the peer's epoch.
pub type Arrived = (Track, Packet, Duration);

pub struct Callbacks {
    pub epoch: Instant,
    pub gathered: mpsc::Sender<()>,
    pub control: mpsc::UnboundedSender<Control>,
    pub packets: mpsc::Sender<Arrived>,
}

// They run on the task that drives the connection, so none of them waits for anything.
#[async_trait::async_trait]
impl PeerConnectionEventHandler for Callbacks {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            // Full means that it has been said already.
            let _ = self.gathered.try_send(());
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        // An error means that the peer is being closed.
        let _ = self.control.send(Control::State(state));
    }

    async fn on_track(&self, remote: Arc<dyn TrackRemote>) {
        let track = match remote.kind().await {
            RtpCodecKind::Video => Track::Video,
            RtpCodecKind::Audio => Track::Audio,
            _ => return,
        };
        let _ = self.control.send(Control::Track(track, remote.clone()));
        tokio::spawn(read(track, remote, self.packets.clone(), self.epoch));
    }
}

/// Reads a track until the connection is closed.
async fn read(track: Track, remote: Arc<dyn TrackRemote>, packets: mpsc::Sender<Arrived>, epoch: Instant) {
    while let Some(event) = remote.poll().await {
        let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
        let arrival = epoch.elapsed();
        let packet = Packet {
            ssrc: packet.header.ssrc,
            sequence: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            payload: packet.payload,
        };
        if packets.send((track, packet, arrival)).await.is_err() {
            return;
        }
    }
}
