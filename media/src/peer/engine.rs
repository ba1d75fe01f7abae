//! The library's settings: Opus and one coding of video, limited retransmission requests, feedback for the sender's rate.

use super::Error;
use super::feedback::{Feedback, Said};
use super::link::broken;
use super::reports::DeliverReports;
use super::video::Video;
use crate::item::VideoCodec;
use rtc::interceptor::{
    NackGeneratorBuilder, NackResponderBuilder, ReceiverReportBuilder, Registry, SenderReportBuilder, Slot,
    TwccReceiverBuilder,
};
use rtc::peer_connection::configuration::interceptor_registry::register_default_interceptors;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::rtp_transceiver::rtp_sender::{RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind};
use std::time::Duration;

/// The most requests (NACK) for one lost packet. The library's NACK generator does not see recovered packets
/// (rtc-interceptor 0.21.1): without a limit it repeats its requests until they overload the sender. Measured at 5 %
/// loss: 90 requests per lost packet without the limit, 14 with it.
const MAX_NACKS_PER_PACKET: u16 = 10;
/// Shorter than a turn of the network thread, so that each turn can send requests.
const NACK_INTERVAL: Duration = Duration::from_millis(10);

/// The slot in the chain where reports are looked at: next to the network.
const REPORTS: usize = 500;

/// The codings of a connection as they were registered with the library.
pub struct Agreed {
    pub audio: RTCRtpCodecParameters,
    pub video: Option<RTCRtpCodecParameters>,
    /// Lost packets of the video are sent again as a stream of their own.
    pub repeats: bool,
}

/// Returns the media engine and the interceptor chain of a publisher's connection.
pub fn of_publisher(video: Option<&Video>) -> Result<(MediaEngine, Registry), Error> {
    let (media, _) = media_engine(video)?;
    let nack = NackGeneratorBuilder::new()
        .with_interval(NACK_INTERVAL)
        .with_max_nacks_per_packet(MAX_NACKS_PER_PACKET)
        .build();
    let chain = Registry::new()
        .with(Slot::from(REPORTS), DeliverReports::default())
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(Slot::NackGenerator, nack)
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build());
    Ok((media, chain))
}

/// Returns the media engine and the interceptor chain of a viewer's connection, and the codings in it. It sends lost packets
/// again and reports its clock; it asks for nothing. `said` takes what the viewer says about the video, whose SSRC is
/// `ssrc`.
pub fn of_viewer(video: Option<&Video>, said: &Said, ssrc: u32) -> Result<((MediaEngine, Registry), Agreed), Error> {
    let (media, agreed) = media_engine(video)?;
    let chain = Registry::new()
        .with(Slot::from(REPORTS), Feedback::new(said.clone(), ssrc))
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build());
    Ok(((media, chain), agreed))
}

/// Returns a media engine with the codings of a connection.
fn media_engine(video: Option<&Video>) -> Result<(MediaEngine, Agreed), Error> {
    let mut media = MediaEngine::default();
    // Retransmission of Opus: a lost packet of audio is a lost syllable. Senders that agree send it again on the same
    // stream.
    let again = [("nack", "")];
    // The library takes the number from the offer; until then it must be none of the video's.
    let taken = video.map(|video| [Some(video.payload), video.rtx]).unwrap_or_default();
    let number = [111, 110, 109].into_iter().find(|number| !taken.contains(&Some(*number))).unwrap_or(111);
    let opus = codec("audio/opus", number, 48_000, 2, "minptime=10;useinbandfec=1", &again);
    let mut agreed = Agreed { audio: opus.clone(), video: None, repeats: false };
    media.register_codec(opus, RtpCodecKind::Audio).map_err(broken)?;
    if let Some(Video { codec: coding, payload, rtx, fmtp, .. }) = video {
        let name = match coding {
            VideoCodec::Vp8 => "video/VP8",
            VideoCodec::H264 => "video/H264",
        };
        let feedback = [("ccm", "fir"), ("nack", ""), ("nack", "pli"), ("goog-remb", "")];
        let video = codec(name, *payload, 90_000, 0, fmtp, &feedback);
        (agreed.video, agreed.repeats) = (Some(video.clone()), rtx.is_some());
        media.register_codec(video, RtpCodecKind::Video).map_err(broken)?;
        if let Some(rtx) = rtx {
            let again = codec("video/rtx", *rtx, 90_000, 0, &format!("apt={payload}"), &[]);
            media.register_codec(again, RtpCodecKind::Video).map_err(broken)?;
        }
    }
    // Registers the feedback and header extensions of the interceptors; the chains themselves are built above, because of
    // the limits.
    register_default_interceptors(Registry::new(), &mut media).map_err(broken)?;
    Ok((media, agreed))
}

/// Describes one codec with its feedback.
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
