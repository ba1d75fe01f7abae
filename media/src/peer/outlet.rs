//! The connection of a viewer: packets go in, states come out. Of what the viewer sends, only reports about its line are
//! read.

use super::Error;
use super::engine::{self, Agreed};
use super::feedback::Said;
use super::link::{Link, Timeouts};
use super::offer::Offer;
use crate::item::{Track, VideoCodec};
use crate::net::Datagram;
use crate::room::{Outgoing, Switch};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::RTCPeerConnection;
use rtc::rtp;
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters, RtpCodecKind,
};
use rtc::sansio::Protocol;

/// The name of the one stream of both tracks, so that a browser plays them in step.
const STREAM: &str = "participant";
/// The SSRCs of every viewer's connection. They need not be random, because nobody else sends on it.
const AUDIO_SSRC: u32 = 0x0a00_0001;
const VIDEO_SSRC: u32 = 0x0a00_0002;
const REPEATED_SSRC: u32 = 0x0a00_0003;

/// What is passed on of each track.
pub type Switches = Vec<(Track, Switch)>;

/// The connection of a viewer.
pub struct Outlet {
    pub link: Link,
    /// What the viewer says about the video.
    pub said: Said,
    tracks: Vec<Sender>,
}

/// A track of the viewer.
struct Sender {
    kind: Track,
    id: RTCRtpSenderId,
    ssrc: u32,
    payload_type: u8,
}

impl Outlet {
    /// Answers a checked offer. `port` is only a label in the addresses that the library is told. Returns the connection,
    /// a switch for each track that the viewer gets, and the answer.
    ///
    /// # Errors
    /// The library refuses the offer, or fails.
    pub fn answer(offer: &Offer, timeouts: Timeouts, port: u16) -> Result<(Outlet, Switches, String), Error> {
        let said = Said::default();
        let (engine, agreed) = engine::of_viewer(offer.video.as_ref(), &said, VIDEO_SSRC)?;
        let add = |core: &mut RTCPeerConnection| {
            let mut tracks = Vec::new();
            if offer.audio {
                tracks.push(add(core, Track::Audio, &agreed)?);
            }
            if offer.video.is_some() {
                tracks.push(add(core, Track::Video, &agreed)?);
            }
            Ok(tracks)
        };
        let (mut link, mut tracks, answer) = Link::answer(offer, engine, timeouts, port, add)?;
        for track in &mut tracks {
            track.payload_type = payload_type(&mut link.core, track, &agreed)?;
        }
        let codec = offer.video.as_ref().map_or(VideoCodec::default(), |video| video.codec);
        let switches = tracks.iter().map(|track| (track.kind, Switch::new(track.kind, codec))).collect();
        Ok((Outlet { link, said, tracks }, switches, answer))
    }

    /// Takes a datagram of this viewer. Media that it sends is dropped unread.
    pub fn read(&mut self, datagram: &Datagram<'_>) {
        if !is_media(datagram.bytes) {
            self.link.read(datagram);
        }
    }

    /// Drops what the library has read: it has told what matters already.
    pub fn drain(&mut self) {
        while self.link.core.poll_read().is_some() {}
        drop(self.link.opened());
    }

    /// Sends a packet. It goes out with [`Link::write`].
    pub fn send(&mut self, kind: Track, packet: Outgoing) {
        let Some(track) = self.tracks.iter().find(|track| track.kind == kind) else { return };
        let header = rtp::header::Header {
            version: 2,
            marker: packet.marker,
            payload_type: track.payload_type,
            sequence_number: packet.sequence,
            timestamp: packet.timestamp,
            ssrc: track.ssrc,
            ..Default::default()
        };
        let now = self.link.now;
        let Some(mut sender) = self.link.core.rtp_sender(track.id) else { return };
        if let Err(error) = sender.write_rtp(now, rtp::Packet { header, payload: packet.payload }) {
            tracing::debug!(%error, "a packet for a viewer is lost");
        }
    }
}

/// Adds a track to what the answer will send.
fn add(core: &mut RTCPeerConnection, kind: Track, agreed: &Agreed) -> Result<Sender, Error> {
    let (codec, of, name) = match (kind, &agreed.video) {
        (Track::Video, Some(video)) => (video, RtpCodecKind::Video, "video"),
        _ => (&agreed.audio, RtpCodecKind::Audio, "audio"),
    };
    let ssrc = if kind == Track::Video { VIDEO_SSRC } else { AUDIO_SSRC };
    let rtx = (kind == Track::Video && agreed.repeats).then_some(RTCRtpRtxParameters { ssrc: REPEATED_SSRC });
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), rtx, ..Default::default() },
        codec: codec.rtp_codec.clone(),
        active: true,
        ..Default::default()
    };
    let track = MediaStreamTrack::new(STREAM.into(), name.into(), name.into(), of, vec![encoding]);
    // What the library has against the track is that it does not go with the offer.
    let id = core.add_track(track).map_err(|error| Error::Unacceptable(error.to_string()))?;
    Ok(Sender { kind, id, ssrc, payload_type: codec.payload_type })
}

/// Returns the number of the payload that the answer has for a track.
fn payload_type(core: &mut RTCPeerConnection, track: &Sender, agreed: &Agreed) -> Result<u8, Error> {
    let wanted = match (track.kind, &agreed.video) {
        (Track::Video, Some(video)) => video,
        _ => &agreed.audio,
    };
    let is_wanted =
        |codec: &&RTCRtpCodecParameters| codec.rtp_codec.mime_type.eq_ignore_ascii_case(&wanted.rtp_codec.mime_type);
    let mut sender = core.rtp_sender(track.id).ok_or_else(|| Error::Engine("a track is gone".into()))?;
    let codecs = &sender.get_parameters().rtp_parameters.codecs;
    let agreed =
        codecs.iter().find(is_wanted).ok_or_else(|| Error::Unacceptable("it has no coding that is sent".into()))?;
    Ok(agreed.payload_type)
}

/// Returns whether a datagram is RTP (RFC 5761, section 4; RFC 7983, section 7).
fn is_media(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, kind, ..] if !(192..=223).contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_is_told_from_reports_stun_and_dtls() {
        for media in [&[0x80, 96, 0, 1][..], &[0x90, 0xe0, 0, 1], &[0xbf, 127]] {
            assert!(is_media(media), "{media:?}");
        }
        for other in [&[][..], &[0x80], &[0x80, 200, 0, 1], &[0x81, 206], &[0, 1, 0, 8], &[22, 0xfe, 0xfd]] {
            assert!(!is_media(other), "{other:?}");
        }
    }
}
