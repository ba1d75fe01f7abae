//! The connection of a publisher: packets, sender reports and states come out. It adds to the library which of a
//! publisher's two tracks a packet belongs to.

use super::link::{Link, Timeouts};
use super::offer::Offer;
use super::{Error, engine};
use crate::item::Track;
use crate::tap::{Packet, SenderReport};
use rtc::media_stream::MediaStreamTrackId;
use rtc::peer_connection::event::RTCTrackEventInit;
use rtc::peer_connection::message::RTCMessage;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::sender_report as rtcp;
use rtc::rtp_transceiver::RTCRtpReceiverId;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::sansio::Protocol;
use std::time::Instant;

/// What a connection reports.
pub enum Happening {
    State(RTCPeerConnectionState),
    Packet(Track, Packet, Instant),
    Report(Track, SenderReport, Instant),
}

/// A track of which at least one packet has arrived.
struct OpenTrack {
    id: MediaStreamTrackId,
    kind: Track,
    receiver: RTCRtpReceiverId,
    /// The SSRC of its newest packet.
    ssrc: Option<u32>,
}

/// The connection of a publisher.
pub struct Connection {
    pub link: Link,
    tracks: Vec<OpenTrack>,
}

impl Connection {
    /// Answers a checked offer. `port` is only a label in the addresses that the library is told.
    ///
    /// # Errors
    /// The library refuses the offer, or fails.
    pub fn answer(offer: &Offer, timeouts: Timeouts, port: u16) -> Result<(Connection, String), Error> {
        let engine = engine::of_publisher(offer.video.as_ref())?;
        let (link, (), answer) = Link::answer(offer, engine, timeouts, port, |_| Ok(()))?;
        Ok((Connection { link, tracks: Vec::new() }, answer))
    }

    /// Calls `each` for everything that happened since the last call, in order.
    pub fn poll(&mut self, mut each: impl FnMut(Happening)) {
        // A track must be opened before its packets can be assigned to it.
        for opened in self.link.opened() {
            self.opened(opened);
        }
        while let Some(state) = self.link.next_state() {
            each(Happening::State(state));
        }
        while let Some(read) = self.link.core.poll_read() {
            match read.message {
                RTCMessage::RtpPacket(id, packet) => {
                    let Some(track) = self.tracks.iter_mut().find(|track| track.id == id) else { continue };
                    track.ssrc = Some(packet.header.ssrc);
                    let packet = Packet {
                        ssrc: packet.header.ssrc,
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        marker: packet.header.marker,
                        payload: packet.payload,
                    };
                    each(Happening::Packet(track.kind, packet, read.now));
                }
                RTCMessage::RtcpPacket(_, packets) => {
                    for report in packets.iter().filter_map(|p| p.as_any().downcast_ref::<rtcp::SenderReport>()) {
                        let Some(track) = self.tracks.iter().find(|track| track.ssrc == Some(report.ssrc)) else {
                            continue;
                        };
                        let report = SenderReport { ssrc: report.ssrc, ntp: report.ntp_time, rtp: report.rtp_time };
                        each(Happening::Report(track.kind, report, read.now));
                    }
                }
                _ => {}
            }
        }
    }

    /// Registers an opened track, once.
    fn opened(&mut self, opened: RTCTrackEventInit) {
        let kind = match self.link.core.rtp_receiver(opened.receiver_id).map(|receiver| receiver.track().kind()) {
            Some(RtpCodecKind::Video) => Track::Video,
            Some(RtpCodecKind::Audio) => Track::Audio,
            _ => return,
        };
        if self.tracks.iter().all(|track| track.id != opened.track_id) {
            self.tracks.push(OpenTrack { id: opened.track_id, kind, receiver: opened.receiver_id, ssrc: None });
        }
    }

    /// Sends a Picture Loss Indication. Returns false while no video packet has arrived.
    pub fn ask_for_key_frame(&mut self) -> bool {
        let Some(video) = self.tracks.iter().find(|track| track.kind == Track::Video) else { return false };
        let now = self.link.now;
        let (Some(media_ssrc), Some(mut receiver)) = (video.ssrc, self.link.core.rtp_receiver(video.receiver)) else {
            return false;
        };
        let request = PictureLossIndication { sender_ssrc: 1, media_ssrc };
        receiver.write_rtcp(now, vec![Box::new(request)]).is_ok()
    }
}
