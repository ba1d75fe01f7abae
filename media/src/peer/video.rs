//! Which of the codings of video in an offer is taken: VP8, or H.264 where there is no VP8.

use super::Error;
use crate::item::VideoCodec;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use rtc::sdp::MediaDescription;

/// Parameter sets of an offer that are looked at.
const MAX_SETS: usize = 8;

/// The coding that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    pub codec: VideoCodec,
    /// Number of the RTP payload in the offer.
    pub payload: u8,
    /// Number of the payload that repeats lost packets of it, where it is offered.
    pub rtx: Option<u8>,
    /// Parameters of H.264 that the answer must repeat (RFC 6184, section 8.2.2); empty for VP8.
    pub fmtp: String,
    /// NAL units of H.264 that the offer names.
    pub parameter_sets: Vec<Bytes>,
}

/// Chooses one of the codings of a media section; `wanted` where the recording of a session has one already.
///
/// # Errors
/// [`Error::Unacceptable`]: there is none that is recorded here.
pub fn choose(media: &MediaDescription, wanted: Option<VideoCodec>) -> Result<Video, Error> {
    let is_wanted = |video: &Video| wanted.is_none_or(|codec| video.codec == codec);
    let vp8 = || payloads(media, "vp8/90000").map(|payload| vp8(media, payload)).find(is_wanted);
    let h264 = || {
        let offered = payloads(media, "h264/90000").filter_map(|payload| h264(media, payload)).filter(is_wanted);
        // Fragments are a must for frames larger than a packet.
        offered.min_by_key(|video| !video.fmtp.contains("packetization-mode=1"))
    };
    vp8().or_else(h264).ok_or_else(|| {
        Error::Unacceptable(match wanted {
            Some(codec) => format!("video is not offered as {codec}, in which the recording of this session began"),
            None => "video is not offered as VP8 or H.264 (Baseline, Main or High)".into(),
        })
    })
}

/// Returns the numbers of the payloads with this name, in the order of preference.
fn payloads(media: &MediaDescription, name: &str) -> impl Iterator<Item = u8> {
    let named = |payload: &&String| {
        media.attributes.iter().filter(|attribute| attribute.key == "rtpmap").any(|attribute| {
            let map = attribute.value.as_deref().unwrap_or_default().split_once(' ');
            map.is_some_and(|(number, codec)| number == *payload && codec.trim().eq_ignore_ascii_case(name))
        })
    };
    let number = |payload: &String| payload.parse().ok().filter(|payload| *payload < 128);
    media.media_name.formats.iter().filter(named).filter_map(number)
}

fn vp8(media: &MediaDescription, payload: u8) -> Video {
    let (codec, rtx) = (VideoCodec::Vp8, repeating(media, payload));
    Video { codec, payload, rtx, fmtp: String::new(), parameter_sets: Vec::new() }
}

/// Returns what is agreed on for a payload of H.264; `None` for a profile or a packetization mode that is not taken.
fn h264(media: &MediaDescription, payload: u8) -> Option<Video> {
    let parameters = parameters(media, payload);
    let parameter =
        |name: &str| parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    let mode = parameter("packetization-mode").unwrap_or("0");
    // Where nothing is said it is Baseline, level 1 (section 8.1).
    let profile = parameter("profile-level-id").unwrap_or("42000a");
    let known = ["42", "4d", "64"].iter().any(|known| profile.get(..2).is_some_and(|p| p.eq_ignore_ascii_case(known)));
    if !known || profile.len() != 6 || !profile.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    if !matches!(mode, "0" | "1") {
        return None;
    }
    let sets = parameter("sprop-parameter-sets").unwrap_or_default().split(',').take(MAX_SETS);
    let parameter_sets = sets.filter_map(|set| BASE64_STANDARD.decode(set).ok()).map(Bytes::from).collect();
    let fmtp = format!("level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={profile}");
    Some(Video { codec: VideoCodec::H264, payload, rtx: repeating(media, payload), fmtp, parameter_sets })
}

/// Returns names and values of the format parameters of a payload.
fn parameters(media: &MediaDescription, payload: u8) -> Vec<(&str, &str)> {
    let lines = media.attributes.iter().filter(|attribute| attribute.key == "fmtp").filter_map(|attribute| {
        let (number, parameters) = attribute.value.as_deref()?.split_once(' ')?;
        (number.parse() == Ok(payload)).then_some(parameters)
    });
    lines.flat_map(|line| line.split(';')).filter_map(|one| one.trim().split_once('=')).collect()
}

/// Returns the payload that repeats lost packets of `payload` (RFC 4588).
fn repeating(media: &MediaDescription, payload: u8) -> Option<u8> {
    let is_of = |rtx: &u8| parameters(media, *rtx).iter().any(|(key, of)| *key == "apt" && of.parse() == Ok(payload));
    payloads(media, "rtx/90000").find(is_of)
}

/// Returns whether a media section offers Opus.
pub fn has_opus(media: &MediaDescription) -> bool {
    payloads(media, "opus/48000/2").next().is_some()
}
