//! One WebRTC connection without a socket or a clock: datagrams and times go in, packets and states come out. It adds
//! to the library which of a publisher's two tracks a packet belongs to.

use super::fragment::Credentials;
use super::offer::Offer;
use super::{Error, engine};
use crate::item::Track;
use crate::net::Datagram;
use crate::tap::{Packet, SenderReport};
use bytes::BytesMut;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::media_stream::MediaStreamTrackId;
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::event::{RTCPeerConnectionEvent, RTCTrackEvent, RTCTrackEventInit};
use rtc::peer_connection::message::RTCMessage;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::{RTCDtlsRole, RTCIceCandidateInit};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::sender_report as rtcp;
use rtc::rtp_transceiver::RTCRtpReceiverId;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// How long the other side may be silent.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Silence after which the connection counts as disconnected.
    pub disconnected: Duration,
    /// Further silence after which a disconnected connection has failed.
    pub failed: Duration,
}

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

/// One WebRTC connection.
pub struct Connection {
    core: RTCPeerConnection,
    /// The offer that the library was given last.
    offer: String,
    /// The local credentials of the present ICE session.
    ice: Credentials,
    tracks: Vec<OpenTrack>,
    states: VecDeque<RTCPeerConnectionState>,
    connected: bool,
    port: u16,
    /// The latest time that the library was given; it must never go back.
    now: Instant,
}

impl Connection {
    /// Answers a checked offer. `port` is only a label in the addresses that the library is told.
    ///
    /// # Errors
    /// The library refuses the offer, or fails.
    pub fn answer(offer: &Offer, timeouts: Timeouts, port: u16) -> Result<(Connection, String), Error> {
        let unacceptable = |error: rtc::shared::error::Error| Error::Unacceptable(error.to_string());
        let broken = |error: rtc::shared::error::Error| Error::Engine(error.to_string());
        let now = Instant::now();
        let (media, chain) = engine::media_engine(offer.video.as_ref())?;
        // The library judges by STUN alone, so several checks must fit into the timeout, even when one is lost.
        let keep_alive = (timeouts.disconnected / 4).clamp(Duration::from_millis(200), Duration::from_secs(2));
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_ice_timeouts(Some(timeouts.disconnected), Some(timeouts.failed), Some(keep_alive))
            .with_answering_dtls_role(if offer.dtls_client { RTCDtlsRole::Server } else { RTCDtlsRole::Client })
            .build();
        let mut core = RTCPeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_setting_engine(settings)
            .with_interceptor_registry(chain)
            .build(now)
            .map_err(broken)?;
        let description = RTCSessionDescription::offer(offer.sdp.clone()).map_err(unacceptable)?;
        core.set_remote_description(now, description).map_err(unacceptable)?;
        let answer = core.create_answer(None).map_err(unacceptable)?;
        core.set_local_description(now, answer).map_err(unacceptable)?;
        for name in [name(false, port), name(true, port)] {
            let candidate = format!("candidate:1 1 udp 2130706431 {} {} typ host", name.ip(), name.port());
            core.add_local_candidate(RTCIceCandidateInit { candidate, ..Default::default() }).map_err(broken)?;
        }
        core.add_local_candidate(RTCIceCandidateInit::default()).map_err(broken)?;
        let (ice, answer) = answer_of(&core)?;
        let (offer, tracks, states) = (offer.sdp.clone(), Vec::new(), VecDeque::new());
        Ok((Connection { core, offer, ice, tracks, states, connected: false, port, now }, answer))
    }

    /// Returns the local credentials of the present ICE session.
    pub fn credentials(&self) -> &Credentials {
        &self.ice
    }

    /// Returns whether these are the other side's credentials of the present ICE session.
    pub fn is_of_peer(&self, theirs: &Credentials) -> bool {
        Credentials::of(&self.offer).as_ref() == Some(theirs)
    }

    /// Begins a new ICE session with these credentials of the other side and returns the answer with new local
    /// credentials. DTLS and media go on.
    ///
    /// # Errors
    /// The library fails to restart.
    pub fn restart(&mut self, theirs: Credentials, now: Instant) -> Result<String, Error> {
        let broken = |error: rtc::shared::error::Error| Error::Engine(error.to_string());
        self.now = self.now.max(now);
        let offer = theirs.put_into(&self.offer);
        let description = RTCSessionDescription::offer(offer.clone()).map_err(broken)?;
        self.core.set_remote_description(self.now, description).map_err(broken)?;
        let answer = self.core.create_answer(None).map_err(broken)?;
        self.core.set_local_description(self.now, answer).map_err(broken)?;
        let (ice, answer) = answer_of(&self.core)?;
        (self.ice, self.offer) = (ice, offer);
        Ok(answer)
    }

    /// Takes a datagram of this peer.
    pub fn read(&mut self, datagram: &Datagram<'_>) {
        self.now = self.now.max(datagram.arrival);
        let message = TaggedBytesMut {
            now: self.now,
            transport: TransportContext {
                local_addr: name(datagram.from.is_ipv6(), self.port),
                peer_addr: datagram.from,
                ecn: None,
                transport_protocol: TransportProtocol::UDP,
            },
            message: BytesMut::from(datagram.bytes),
        };
        if let Err(error) = self.core.handle_read(message) {
            tracing::debug!(%error, "a datagram makes no sense");
        }
        // The library accepts media only after its own event of the finished handshake has been polled.
        if !self.connected {
            self.events();
        }
    }

    /// Advances the connection's time to `now` and fires the timer that is due.
    pub fn tick(&mut self, now: Instant) {
        self.now = self.now.max(now);
        if self.core.poll_timeout().is_some_and(|due| due <= self.now)
            && let Err(error) = self.core.handle_timeout(self.now)
        {
            tracing::debug!(%error, "a timer of the connection failed");
        }
    }

    /// Returns when [`Connection::tick`] is due. `None`: no timer is set.
    pub fn due(&mut self) -> Option<Instant> {
        self.core.poll_timeout()
    }

    /// Calls `each` for everything that happened since the last call, in order.
    pub fn poll(&mut self, mut each: impl FnMut(Happening)) {
        self.events();
        for state in self.states.drain(..) {
            each(Happening::State(state));
        }
        while let Some(read) = self.core.poll_read() {
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

    /// Polls the library's events. A track must be opened before its packets can be assigned to it.
    fn events(&mut self) {
        while let Some(event) = self.core.poll_event() {
            match event {
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) => {
                    self.connected |= state == RTCPeerConnectionState::Connected;
                    self.states.push_back(state);
                }
                RTCPeerConnectionEvent::OnTrack(RTCTrackEvent::OnOpen(opened)) => self.opened(opened),
                _ => {}
            }
        }
    }

    /// Registers an opened track, once.
    fn opened(&mut self, opened: RTCTrackEventInit) {
        let kind = match self.core.rtp_receiver(opened.receiver_id).map(|receiver| receiver.track().kind()) {
            Some(RtpCodecKind::Video) => Track::Video,
            Some(RtpCodecKind::Audio) => Track::Audio,
            _ => return,
        };
        if self.tracks.iter().all(|track| track.id != opened.track_id) {
            self.tracks.push(OpenTrack { id: opened.track_id, kind, receiver: opened.receiver_id, ssrc: None });
        }
    }

    /// Calls `send` for each datagram that is ready to go out.
    pub fn write(&mut self, mut send: impl FnMut(SocketAddr, &[u8])) {
        while let Some(datagram) = self.core.poll_write() {
            send(datagram.transport.peer_addr, &datagram.message);
        }
    }

    /// Sends a Picture Loss Indication. Returns false while no video packet has arrived.
    pub fn ask_for_key_frame(&mut self) -> bool {
        let Some(video) = self.tracks.iter().find(|track| track.kind == Track::Video) else { return false };
        let (Some(media_ssrc), Some(mut receiver)) = (video.ssrc, self.core.rtp_receiver(video.receiver)) else {
            return false;
        };
        let request = PictureLossIndication { sender_ssrc: 1, media_ssrc };
        receiver.write_rtcp(self.now, vec![Box::new(request)]).is_ok()
    }

    /// Closes the connection. The goodbye goes out with [`Connection::write`].
    pub fn close(&mut self) {
        if let Err(error) = self.core.close() {
            tracing::debug!(%error, "a connection did not close cleanly");
        }
    }
}

/// Returns the library's current answer and the ICE credentials in it.
fn answer_of(core: &RTCPeerConnection) -> Result<(Credentials, String), Error> {
    let none = || Error::Engine("there is no answer".into());
    let answer = core.local_description().ok_or_else(none)?.sdp;
    Ok((Credentials::of(&answer).ok_or_else(none)?, answer))
}

/// Returns the local address that the library is told. It never leaves this process.
fn name(ipv6: bool, port: u16) -> SocketAddr {
    if ipv6 { (Ipv6Addr::LOCALHOST, port).into() } else { (Ipv4Addr::LOCALHOST, port).into() }
}
