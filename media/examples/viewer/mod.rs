//! A WebRTC viewer that keeps packets as they come and decodes nothing: for tests and load.

use bytes::BytesMut;
use coach_media::Track;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{NackGeneratorBuilder, ReceiverReportBuilder, Registry, Slot};
use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::peer_connection::configuration::interceptor_registry::register_default_interceptors;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::event::{RTCPeerConnectionEvent, RTCTrackEvent};
use rtc::peer_connection::message::RTCMessage;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::RTCIceCandidateInit;
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp::Packet;
use rtc::rtp_transceiver::rtp_sender::{RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind};
use rtc::rtp_transceiver::{RTCRtpReceiverId, RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// A peer that receives.
pub struct Viewer {
    core: RTCPeerConnection,
    socket: UdpSocket,
    state: RTCPeerConnectionState,
    video: Option<RTCRtpReceiverId>,
    /// Every such datagram of media is lost on the way in; 0: none.
    pub loses_every: u32,
    datagrams: u32,
}

impl Viewer {
    /// Returns a peer for these tracks, and its offer. `bind` is an address of the network towards the server.
    pub fn new(video: bool, audio: bool, bind: &str) -> Result<(Viewer, String), Error> {
        let now = Instant::now();
        let mut media = MediaEngine::default();
        media.register_codec(codec("audio/opus", 109, 48_000, 2, "minptime=10", &[]), RtpCodecKind::Audio)?;
        let feedback = [("nack", ""), ("nack", "pli")];
        media.register_codec(codec("video/VP8", 120, 90_000, 0, "", &feedback), RtpCodecKind::Video)?;
        media.register_codec(codec("video/rtx", 124, 90_000, 0, "apt=120", &[]), RtpCodecKind::Video)?;
        register_default_interceptors(Registry::new(), &mut media)?;
        let again = NackGeneratorBuilder::new().with_interval(Duration::from_millis(20)).with_max_nacks_per_packet(10);
        let chain = Registry::new()
            .with(Slot::NackGenerator, again.build())
            .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build());
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .build();
        let mut core = RTCPeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_setting_engine(settings)
            .with_interceptor_registry(chain)
            .build(now)?;
        let socket = UdpSocket::bind(bind).map_err(|error| Error::Other(error.to_string()))?;
        let kinds = [(audio, RtpCodecKind::Audio), (video, RtpCodecKind::Video)];
        for (_, kind) in kinds.into_iter().filter(|(wanted, _)| *wanted) {
            let direction = RTCRtpTransceiverDirection::Recvonly;
            core.add_transceiver_from_kind(kind, Some(RTCRtpTransceiverInit { direction, ..Default::default() }))?;
        }
        let offer = core.create_offer(None)?;
        core.set_local_description(now, offer)?;
        let local = socket.local_addr().map_err(|error| Error::Other(error.to_string()))?;
        let candidate = format!("candidate:1 1 udp 2130706431 {} {} typ host", local.ip(), local.port());
        core.add_local_candidate(RTCIceCandidateInit { candidate, ..Default::default() })?;
        let offer = core.local_description().ok_or_else(|| Error::Other("no offer".into()))?.sdp;
        let state = RTCPeerConnectionState::New;
        Ok((Viewer { core, socket, state, video: None, loses_every: 0, datagrams: 0 }, offer))
    }

    /// Takes the answer to the offer.
    pub fn answered(&mut self, answer: &str) -> Result<(), Error> {
        self.core.set_remote_description(Instant::now(), RTCSessionDescription::answer(answer.to_owned())?)
    }

    /// Moves to another address and begins a new ICE session there; the offer that says so.
    pub fn move_to(&mut self, bind: &str) -> Result<String, Error> {
        let now = Instant::now();
        self.socket = UdpSocket::bind(bind).map_err(|error| Error::Other(error.to_string()))?;
        let offer = self.core.create_offer(Some(RTCOfferOptions { ice_restart: true }))?;
        self.core.set_local_description(now, offer)?;
        let local = self.socket.local_addr().map_err(|error| Error::Other(error.to_string()))?;
        let candidate = format!("candidate:1 1 udp 2130706431 {} {} typ host", local.ip(), local.port());
        self.core.add_local_candidate(RTCIceCandidateInit { candidate, ..Default::default() })?;
        Ok(self.core.local_description().ok_or_else(|| Error::Other("no offer".into()))?.sdp)
    }

    pub fn state(&self) -> RTCPeerConnectionState {
        self.state
    }

    /// Waits at most `wait` for datagrams and does what is due. Calls `each` for each packet of media.
    pub fn turn(&mut self, wait: Duration, mut each: impl FnMut(Track, Packet)) {
        if wait.is_zero() {
            let _ = self.socket.set_nonblocking(true);
        } else {
            let _ = self.socket.set_read_timeout(Some(wait));
        }
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            self.datagram(&buffer[..length], from);
            while let Some(read) = self.core.poll_read() {
                let RTCMessage::RtpPacket(_, packet) = read.message else { continue };
                each(if packet.header.payload_type == 109 { Track::Audio } else { Track::Video }, packet);
            }
            let _ = self.socket.set_nonblocking(true);
        }
        let _ = self.socket.set_nonblocking(false);
        let now = Instant::now();
        if self.core.poll_timeout().is_some_and(|due| due <= now) {
            let _ = self.core.handle_timeout(now);
        }
        self.events();
        self.flush();
    }

    fn datagram(&mut self, bytes: &[u8], from: std::net::SocketAddr) {
        let is_media = matches!(bytes, [128..=191, kind, ..] if !(192..=223).contains(kind));
        self.datagrams += u32::from(is_media);
        if is_media && self.loses_every > 0 && self.datagrams.is_multiple_of(self.loses_every) {
            return;
        }
        let Ok(local_addr) = self.socket.local_addr() else { return };
        let transport =
            TransportContext { local_addr, peer_addr: from, ecn: None, transport_protocol: TransportProtocol::UDP };
        let _ =
            self.core.handle_read(TaggedBytesMut { now: Instant::now(), transport, message: BytesMut::from(bytes) });
        self.events();
    }

    fn events(&mut self) {
        while let Some(event) = self.core.poll_event() {
            match event {
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) => self.state = state,
                RTCPeerConnectionEvent::OnTrack(RTCTrackEvent::OnOpen(opened)) => {
                    let receiver = self.core.rtp_receiver(opened.receiver_id);
                    if receiver.is_some_and(|receiver| receiver.track().kind() == RtpCodecKind::Video) {
                        self.video = Some(opened.receiver_id);
                    }
                }
                _ => {}
            }
        }
    }

    fn flush(&mut self) {
        while let Some(datagram) = self.core.poll_write() {
            let _ = self.socket.send_to(&datagram.message, datagram.transport.peer_addr);
        }
    }

    /// Asks for a key frame of the stream with this SSRC.
    pub fn ask_for_key_frame(&mut self, media_ssrc: u32) {
        let request = PictureLossIndication { sender_ssrc: 1, media_ssrc };
        if let Some(mut receiver) = self.video.and_then(|video| self.core.rtp_receiver(video)) {
            let _ = receiver.write_rtcp(Instant::now(), vec![Box::new(request)]);
        }
        self.flush();
    }

    /// Sends bytes as they are from the viewer's own address.
    pub fn send(&self, bytes: &[u8], to: std::net::SocketAddr) {
        let _ = self.socket.send_to(bytes, to);
    }

    /// Says goodbye.
    pub fn close(mut self) {
        let _ = self.core.close();
        self.flush();
    }
}

fn codec(
    mime: &str,
    payload_type: u8,
    clock_rate: u32,
    channels: u16,
    fmtp: &str,
    feedback: &[(&str, &str)],
) -> RTCRtpCodecParameters {
    let rtcp_feedback = feedback
        .iter()
        .map(|&(typ, parameter)| RTCPFeedback { typ: typ.into(), parameter: parameter.into() })
        .collect();
    let sdp_fmtp_line = fmtp.into();
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec { mime_type: mime.into(), clock_rate, channels, sdp_fmtp_line, rtcp_feedback },
        payload_type,
    }
}
