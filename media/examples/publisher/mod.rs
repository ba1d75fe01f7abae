//! A WebRTC publisher that sends encoded access units as they are: for tests, load and trying things out.

mod h264;
mod lossy;

pub use lossy::Loss;

use bytes::{BufMut, Bytes, BytesMut};
use coach_media::{Track, VideoCodec};
use lossy::LossyRuntime;
use rtc::interceptor::Registry;
use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RTCRtpRtxParameters, RtpCodecKind,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use webrtc::error::{Error, Result};
use webrtc::media_stream::MediaStreamTrack;
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent, static_rtp::TrackLocalStaticRTP};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState,
    RTCPeerConnectionState, RTCSessionDescription, SettingEngineBuilder, register_default_interceptors,
};
use webrtc::rtp_transceiver::RtpSender;
use webrtc::runtime::default_runtime;

/// Payload bytes per packet: fits every path once SRTP and UDP have added theirs.
const MTU: usize = 1150;
/// The frame numbers are 15 bits long (RFC 7741, section 4.2).
const FRAME_MASK: u16 = 0x7FFF;

/// A peer that sends.
pub struct Sender {
    connection: Arc<dyn PeerConnection>,
    state: watch::Receiver<RTCPeerConnectionState>,
    video: Option<Outgoing>,
    audio: Option<Outgoing>,
    key_frames_wanted: Arc<AtomicU64>,
}

/// The offer of a publisher that sends lost audio only once, as most but our own page.
pub fn audio_once(offer: &str) -> String {
    offer.replace("a=rtcp-fb:111 nack\r\n", "")
}

struct Outgoing {
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<dyn RtpSender>,
    ssrc: u32,
    payload_type: u8,
    sequence: u16,
    /// RTP time of media time 0: arbitrary (RFC 3550, section 5.1).
    base: u32,
    frame: u16,
    codec: VideoCodec,
}

struct Handler {
    gathered: mpsc::Sender<()>,
    state: watch::Sender<RTCPeerConnectionState>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            let _ = self.gathered.try_send(());
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state.send_replace(state);
    }
}

impl Sender {
    /// A peer with these tracks, and its offer. `bind` is an address of the network towards the server.
    pub async fn new(video: bool, audio: bool, bind: &str, loss: Loss) -> Result<(Sender, String)> {
        Sender::coded(video.then_some(VideoCodec::Vp8), audio, bind, loss).await
    }

    /// As [`Sender::new`], with video that is coded so.
    pub async fn coded(video: Option<VideoCodec>, audio: bool, bind: &str, loss: Loss) -> Result<(Sender, String)> {
        let mut media = MediaEngine::default();
        let feedback = [("nack", ""), ("nack", "pli")];
        media
            .register_codec(codec("audio/opus", 111, 48_000, 2, "minptime=10", &feedback[..1]), RtpCodecKind::Audio)?;
        media.register_codec(coding(video.unwrap_or_default(), &feedback), RtpCodecKind::Video)?;
        media.register_codec(codec("video/rtx", 97, 90_000, 0, "apt=96", &[]), RtpCodecKind::Video)?;
        let chain = register_default_interceptors(Registry::new(), &mut media)?;
        let (gathered, mut gathered_of) = mpsc::channel(1);
        let (state, state_of) = watch::channel(RTCPeerConnectionState::New);
        let runtime = default_runtime().ok_or_else(|| Error::Other("no runtime".into()))?;
        let connection: Arc<dyn PeerConnection> = Arc::new(
            PeerConnectionBuilder::new()
                .with_media_engine(media)
                .with_interceptor_registry(chain)
                .with_setting_engine(SettingEngineBuilder::new().with_include_loopback_candidate(true).build())
                .with_handler(Arc::new(Handler { gathered, state }))
                .with_runtime(Arc::new(LossyRuntime::new(runtime, loss)))
                .with_udp_addrs(vec![bind.to_owned()])
                .build()
                .await?,
        );
        let key_frames_wanted = Arc::new(AtomicU64::new(0));
        let of_video = video.unwrap_or_default();
        let audio = if audio { Some(Outgoing::add(&connection, Track::Audio, of_video).await?) } else { None };
        let video =
            if video.is_some() { Some(Outgoing::add(&connection, Track::Video, of_video).await?) } else { None };
        let offer = connection.create_offer(None).await?;
        connection.set_local_description(offer).await?;
        let _ = tokio::time::timeout(Duration::from_secs(3), gathered_of.recv()).await;
        let offer = connection.local_description().await.ok_or_else(|| Error::Other("no offer".into()))?;
        Ok((Sender { connection, state: state_of, video, audio, key_frames_wanted }, offer.sdp))
    }

    /// Begins a new ICE session on this side; the offer that says so.
    pub async fn restart(&self) -> Result<String> {
        let offer = self.connection.create_offer(Some(RTCOfferOptions { ice_restart: true })).await?;
        self.connection.set_local_description(offer).await?;
        let offer = self.connection.local_description().await.ok_or_else(|| Error::Other("no offer".into()))?;
        Ok(offer.sdp)
    }

    /// Takes the answer to [`Sender::restart`].
    pub async fn restarted(&self, answer: &str) -> Result<()> {
        self.connection.set_remote_description(RTCSessionDescription::answer(answer.to_owned())?).await
    }

    /// Takes the answer and waits until media can flow.
    pub async fn connect(&mut self, answer: &str) -> Result<()> {
        self.connection.set_remote_description(RTCSessionDescription::answer(answer.to_owned())?).await?;
        let connected = self.state.wait_for(|state| *state == RTCPeerConnectionState::Connected);
        let connected = tokio::time::timeout(Duration::from_secs(15), connected).await;
        connected
            .map_err(|_| Error::Other("not connected within 15 s".into()))?
            .map_err(|_| Error::ErrConnectionClosed)?;
        for outgoing in [&mut self.video, &mut self.audio].into_iter().flatten() {
            outgoing.negotiated().await?;
        }
        if let Some(video) = &self.video {
            let (track, wanted) = (video.track.clone(), self.key_frames_wanted.clone());
            tokio::spawn(async move {
                while let Some(TrackLocalEvent::OnRtcpPacket(packets)) = track.poll().await {
                    wanted.fetch_add(packets.len() as u64, Relaxed);
                }
            });
        }
        Ok(())
    }

    /// Sends a unit whose time is `ns`.
    pub async fn send(&mut self, track: Track, ns: i64, data: &Bytes) -> Result<()> {
        let outgoing = if track == Track::Video { &mut self.video } else { &mut self.audio };
        let Some(outgoing) = outgoing else { return Err(Error::Other("there is no such track".into())) };
        if track == Track::Video { outgoing.frame(ns, data).await } else { outgoing.audio(ns, data).await }
    }

    /// Leaves packets out that were never there for anybody: the numbers are used up.
    pub fn skip(&mut self, track: Track, packets: u16) {
        if let Some(outgoing) = if track == Track::Video { &mut self.video } else { &mut self.audio } {
            outgoing.sequence = outgoing.sequence.wrapping_add(packets);
        }
    }

    pub fn state(&self) -> RTCPeerConnectionState {
        *self.state.borrow()
    }

    pub async fn close(self) -> Result<()> {
        self.connection.close().await
    }
}

impl Outgoing {
    async fn add(connection: &Arc<dyn PeerConnection>, track: Track, of_video: VideoCodec) -> Result<Outgoing> {
        let ssrc = rand::random();
        let (kind, codec, name) = match track {
            Track::Video => (RtpCodecKind::Video, coding(of_video, &[]), "video"),
            Track::Audio => (RtpCodecKind::Audio, codec("audio/opus", 111, 48_000, 2, "minptime=10", &[]), "audio"),
        };
        let rtx = (track == Track::Video).then(|| RTCRtpRtxParameters { ssrc: rand::random() });
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), rtx, ..Default::default() },
            codec: codec.rtp_codec,
            active: true,
            ..Default::default()
        };
        let local = MediaStreamTrack::new("stream".into(), name.into(), name.into(), kind, vec![encoding]);
        let track = Arc::new(TrackLocalStaticRTP::new(local));
        let sender = connection.add_track(track.clone() as Arc<dyn TrackLocal>).await?;
        let (sequence, base, frame) = (rand::random(), rand::random(), rand::random());
        let payload_type = codec.payload_type;
        Ok(Outgoing { track, sender, ssrc, payload_type, sequence, base, frame, codec: of_video })
    }

    /// Takes the payload type that the answer chose.
    async fn negotiated(&mut self) -> Result<()> {
        let parameters = self.sender.get_parameters().await?;
        let chosen = parameters.rtp_parameters.codecs.iter().find(|codec| {
            ["video/vp8", "video/h264", "audio/opus"]
                .iter()
                .any(|mime| codec.rtp_codec.mime_type.eq_ignore_ascii_case(mime))
        });
        self.payload_type = chosen.ok_or_else(|| Error::Other("the answer has no codec".into()))?.payload_type;
        Ok(())
    }

    async fn frame(&mut self, ns: i64, data: &Bytes) -> Result<()> {
        let timestamp = self.base.wrapping_add((i128::from(ns) * 90_000 / 1_000_000_000) as u32);
        if self.codec == VideoCodec::H264 {
            let mut payloads = h264::payloads(data, MTU).into_iter().peekable();
            while let Some(payload) = payloads.next() {
                let marker = payloads.peek().is_none();
                self.packet(timestamp, marker, payload).await?;
            }
            return Ok(());
        }
        let mut chunks = data.chunks(MTU).peekable();
        let mut first = true;
        while let Some(chunk) = chunks.next() {
            let mut payload = BytesMut::with_capacity(4 + chunk.len());
            payload.put_u8(if first { 0x90 } else { 0x80 });
            payload.put_u8(0x80);
            payload.put_u16(0x8000 | self.frame & FRAME_MASK);
            payload.put_slice(chunk);
            first = false;
            let marker = chunks.peek().is_none();
            self.packet(timestamp, marker, payload.freeze()).await?;
        }
        self.frame = self.frame.wrapping_add(1) & FRAME_MASK;
        Ok(())
    }

    async fn audio(&mut self, ns: i64, data: &Bytes) -> Result<()> {
        let timestamp = self.base.wrapping_add((i128::from(ns) * 48_000 / 1_000_000_000) as u32);
        self.packet(timestamp, false, data.clone()).await
    }

    async fn packet(&mut self, timestamp: u32, marker: bool, payload: Bytes) -> Result<()> {
        let header = rtp::header::Header {
            version: 2,
            marker,
            payload_type: self.payload_type,
            sequence_number: self.sequence,
            timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.track.write_rtp(rtp::Packet { header, payload }).await
    }
}

/// How the video is offered.
fn coding(video: VideoCodec, feedback: &[(&str, &str)]) -> RTCRtpCodecParameters {
    match video {
        VideoCodec::Vp8 => codec("video/VP8", 96, 90_000, 0, "", feedback),
        VideoCodec::H264 => {
            let baseline = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
            codec("video/H264", 96, 90_000, 0, baseline, feedback)
        }
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
