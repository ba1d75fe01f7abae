//! Checks an offer before the library sees it, and removes the lines that are never used.

use super::Error;
use super::video::{self, Video};
use crate::item::VideoCodec;
use rtc::sdp::MediaDescription;
use rtc::sdp::SessionDescription;
use std::collections::HashMap;
use std::io::Cursor;

/// The longest offer, bytes. Browsers' offers have about 6 kB.
const MAX_BYTES: usize = 64 << 10;
/// The most lines of an offer.
const MAX_LINES: usize = 2000;
/// The longest line, bytes. A browser's longest has about 200, and the library takes time that grows with the square of
/// it.
const MAX_LINE_BYTES: usize = 1024;

/// A checked offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The text that the library is given.
    pub sdp: String,
    /// How the video will come, where there is any.
    pub video: Option<Video>,
    pub audio: bool,
    /// The publisher insists on being the client of the DTLS handshake.
    pub dtls_client: bool,
    /// The sections of the answer for media sections in which nothing flows, by their place in the offer. The library is not given
    /// these.
    pub rejected: Vec<(usize, String)>,
}

/// Refuses texts that are longer than any usual description.
///
/// # Errors
/// [`Error::Malformed`].
pub fn bounded(sdp: &str) -> Result<(), Error> {
    if sdp.len() > MAX_BYTES || sdp.lines().count() > MAX_LINES {
        return Err(Error::Malformed(format!("longer than {MAX_BYTES} bytes or {MAX_LINES} lines")));
    }
    if sdp.lines().any(|line| line.len() > MAX_LINE_BYTES) {
        return Err(Error::Malformed(format!("a line is longer than {MAX_LINE_BYTES} bytes")));
    }
    Ok(())
}

/// Which way the media of an offer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the server (RFC 9725, section 4.2).
    Publish,
    /// To the one who offers (WHEP).
    Watch,
}

/// Checks an offer: at most one audio and one video track, bundled, in this direction; media sections in which nothing flows are
/// rejected beside them. `codec`: how the video must be
/// coded; `None`: VP8 if it is offered, else H.264.
///
/// # Errors
/// Each variant of [`Error`] names the fault.
pub fn check(sdp: &str, direction: Direction, codec: Option<VideoCodec>) -> Result<Offer, Error> {
    bounded(sdp)?;
    // The library wants the standard's line ends; an editor may have changed them.
    let sdp: String = sdp.lines().filter(|line| !line.is_empty()).flat_map(|line| [line.trim_end(), "\r\n"]).collect();
    let (session, sections) = sections(&sdp);
    let (mut wanted, mut rejected, mut why) = (session.to_owned(), Vec::new(), None);
    for (n, section) in sections.iter().enumerate() {
        match idle(section, direction) {
            Some(reason) => {
                let kind: String = section.chars().skip(2).take_while(char::is_ascii_alphabetic).take(20).collect();
                why.get_or_insert(format!("{kind} is {reason}"));
                rejected.push((n, declined(section)));
            }
            None => wanted.push_str(section),
        }
    }
    if let Some(why) = why.filter(|_| rejected.len() == sections.len()) {
        return Err(Error::NoMedia(why));
    }
    let sdp = wanted;
    let parsed = SessionDescription::unmarshal(&mut Cursor::new(sdp.as_bytes()))
        .map_err(|error| Error::Malformed(error.to_string()))?;
    if parsed.media_descriptions.is_empty() {
        return Err(Error::NoMedia("there is no m= line".into()));
    }
    if parsed.has_attribute("ice-lite") {
        let why = "it comes from an ICE-lite agent (a=ice-lite), which waits for the checks of the other side as this server does";
        return Err(Error::Unacceptable(why.into()));
    }
    let (mut has_video, mut audio) = (false, false);
    for media in &parsed.media_descriptions {
        let kind = media.media_name.media.as_str();
        let seen = match kind {
            "video" => &mut has_video,
            "audio" => &mut audio,
            other => {
                let other: String = other.chars().take(20).collect();
                return Err(Error::Unacceptable(format!("only audio and video are taken, not {other:?}")));
            }
        };
        if std::mem::replace(seen, true) {
            return Err(Error::Unacceptable(format!("there is more than one {kind} track")));
        }
        section(kind, media)?;
    }
    let of_kind = |kind: &str| parsed.media_descriptions.iter().find(|media| media.media_name.media == kind);
    let video = match of_kind("video") {
        Some(media) => Some(video::choose(media, codec)?),
        None => None,
    };
    if of_kind("audio").is_some_and(|media| !video::has_opus(media)) {
        return Err(Error::Unacceptable("audio is not offered as Opus".into()));
    }
    let needed = [("ice-ufrag", 4), ("ice-pwd", 22), ("fingerprint", 1)];
    for media in &parsed.media_descriptions {
        for (key, shortest) in needed {
            let value = value(media, key).or_else(|| parsed.attribute(key).map(String::as_str));
            if value.is_none_or(|value| value.len() < shortest || value.len() > 512) {
                return Err(Error::Malformed(format!("a={key} is missing or broken")));
            }
            if key == "fingerprint" && !value.is_some_and(is_fingerprint) {
                return Err(Error::Malformed("a=fingerprint is no hash function and its bytes in hexadecimal".into()));
            }
        }
    }
    bundled(&parsed)?;
    let dtls_client = dtls_role(&parsed)?;
    let mut sdp: String = sdp.split_inclusive("\r\n").filter(|line| !is_unused(line)).collect();
    if direction == Direction::Watch {
        sdp = receiving(&sdp);
    }
    Ok(Offer { sdp, video, audio, dtls_client, rejected })
}

/// Returns whether this is a hash function and its bytes, as in `sha-256 0A:1B:…` (RFC 8122, section 5).
fn is_fingerprint(value: &str) -> bool {
    let Some((function, hash)) = value.trim().split_once(' ') else { return false };
    let byte = |byte: &str| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
    // SHA-1 has 20 bytes, and no shorter hash is accepted.
    function.starts_with("sha-") && hash.split(':').count() >= 20 && hash.split(':').all(byte)
}

/// Checks that audio and video share one transport (RFC 9725, section 4.4.1).
fn bundled(offer: &SessionDescription) -> Result<(), Error> {
    let mids = || offer.media_descriptions.iter().filter_map(|media| value(media, "mid"));
    let groups = offer.attributes.iter().filter(|attribute| attribute.key == "group");
    let mut bundles = groups.filter_map(|group| group.value.as_deref()?.strip_prefix("BUNDLE "));
    let whole = |bundle: &str| mids().all(|mid| bundle.split_whitespace().any(|bundled| bundled == mid));
    if offer.media_descriptions.len() > 1 && !bundles.any(whole) {
        return Err(Error::Unacceptable("audio and video are not bundled (a=group:BUNDLE with both)".into()));
    }
    Ok(())
}

/// Returns whether the publisher insists on the client role of DTLS (RFC 8842, section 5.2).
fn dtls_role(offer: &SessionDescription) -> Result<bool, Error> {
    let of_session = offer.attribute("setup").map(String::as_str);
    let mut roles = offer.media_descriptions.iter().map(|media| value(media, "setup").or(of_session));
    let first = roles.next().flatten();
    if roles.any(|role| role != first) {
        return Err(Error::Unacceptable("audio and video have different DTLS roles (a=setup)".into()));
    }
    match first {
        None | Some("actpass" | "passive") => Ok(false),
        Some("active") => Ok(true),
        Some(_) => Err(Error::Unacceptable("the DTLS role (a=setup) is none of actpass, active and passive".into())),
    }
}

/// The lines that say which way media goes.
const DIRECTIONS: [&str; 4] = ["a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"];

/// Returns the part of the session and the media sections of an offer. Each section says its direction afterwards, because the library
/// leaves one without out of its answer; what is not written is the session's, else `sendrecv` (RFC 8866, section 6.7).
fn sections(sdp: &str) -> (&str, Vec<String>) {
    let direction = |text: &str| DIRECTIONS.into_iter().find(|known| text.lines().any(|line| line == *known));
    let (session, sections) = split(sdp);
    let of_session = direction(session).unwrap_or(DIRECTIONS[0]);
    let directed = |section: &str| match direction(section) {
        Some(_) => section.to_owned(),
        None => format!("{section}{of_session}\r\n"),
    };
    (session, sections.into_iter().map(directed).collect())
}

/// Splits a description into the part of the session and its media sections, which begin with `m=`.
pub(super) fn split(sdp: &str) -> (&str, Vec<&str>) {
    let starts: Vec<usize> = sdp.match_indices("\r\nm=").map(|(at, _)| at + 2).chain([sdp.len()]).collect();
    (&sdp[..starts[0]], starts.windows(2).map(|pair| &sdp[pair[0]..pair[1]]).collect())
}

/// Returns why nothing flows in a media section; `None`: something does.
fn idle(section: &str, direction: Direction) -> Option<&'static str> {
    let has = |wanted: &str| section.lines().any(|line| line == wanted);
    let port = section.split_whitespace().nth(1);
    match direction {
        _ if port == Some("0") && !has("a=bundle-only") => Some("switched off"),
        Direction::Publish if has("a=recvonly") || has("a=inactive") => Some("not sent to us"),
        Direction::Watch if has("a=sendonly") || has("a=inactive") => Some("not to be received (a=recvonly)"),
        _ => None,
    }
}

/// Returns the section of the answer to a media section in which nothing flows (RFC 8829, section 5.3.1).
fn declined(section: &str) -> String {
    let mut words = section.lines().next().unwrap_or_default().split(' ');
    let kind = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.skip(1).collect();
    let mid = section.lines().find(|line| line.starts_with("a=mid:"));
    let mid = mid.map(|line| format!("{line}\r\n")).unwrap_or_default();
    format!("{kind} 0 {}\r\nc=IN IP4 0.0.0.0\r\n{mid}a=inactive\r\n", rest.join(" "))
}

/// Returns the offer without what a viewer could send: the answer to it is `sendonly`.
fn receiving(sdp: &str) -> String {
    let kept = sdp.split_inclusive("\r\n").filter(|line| !line.starts_with("a=ssrc") && !line.starts_with("a=msid:"));
    kept.map(|line| if line == "a=sendrecv\r\n" { "a=recvonly\r\n" } else { line }).collect()
}

/// Checks one media section: encryption, multiplexing and identification.
fn section(kind: &str, media: &MediaDescription) -> Result<(), Error> {
    if !media.media_name.protos.iter().any(|proto| proto == "SAVPF") {
        return Err(Error::Unacceptable(format!("{kind} is not encrypted RTP with feedback (SAVPF)")));
    }
    if !media.has_attribute("rtcp-mux") {
        return Err(Error::Unacceptable(format!("{kind} wants a port of its own for RTCP (no a=rtcp-mux)")));
    }
    if value(media, "mid").is_none_or(str::is_empty) {
        return Err(Error::Malformed(format!("{kind} has no a=mid")));
    }
    if let Some(payload) = twofold(media) {
        return Err(Error::Malformed(format!("payload {payload} of {kind} has two codings (a=rtpmap)")));
    }
    Ok(())
}

/// Returns a payload number that a media section describes in two ways: the library would take another one than this check.
fn twofold(media: &MediaDescription) -> Option<u8> {
    let mut maps = media.attributes.iter().filter(|attribute| attribute.key == "rtpmap").filter_map(|attribute| {
        let (payload, coding) = attribute.value.as_deref()?.trim().split_once(' ')?;
        Some((payload.parse::<u8>().ok()?, coding.trim()))
    });
    let mut known = HashMap::new();
    maps.find(|(payload, coding)| known.insert(*payload, *coding).is_some_and(|other| other != *coding))
        .map(|(payload, _)| payload)
}

/// Returns the value of an attribute of a media section.
fn value<'a>(media: &'a MediaDescription, key: &str) -> Option<&'a str> {
    media.attribute(key).flatten()
}

/// Returns whether a line is removed. Candidates: traffic goes only to addresses that the publisher has proven.
/// Simulcast: only one quality is wanted, and without these lines the sender sends one.
fn is_unused(line: &str) -> bool {
    ["a=candidate:", "a=end-of-candidates", "a=simulcast:", "a=rid:", "a=remote-candidates:"]
        .iter()
        .any(|prefix| line.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROMIUM: &str = include_str!("../../tests/data/chromium-156-offer.sdp");

    fn checked(sdp: &str) -> Result<Offer, Error> {
        check(sdp, Direction::Publish, None)
    }

    #[test]
    fn a_browsers_offer_loses_its_candidates_and_nothing_else() {
        let offer = checked(CHROMIUM).unwrap();
        assert!(offer.audio && offer.video.is_some_and(|video| video.codec == VideoCodec::Vp8));
        let kept: String = CHROMIUM.split_inclusive("\r\n").filter(|line| !line.starts_with("a=candidate")).collect();
        assert_eq!(offer.sdp, kept);
    }

    #[test]
    fn a_viewers_offer_says_that_it_receives_and_loses_what_it_would_send() {
        let watch = |sdp: &str| check(sdp, Direction::Watch, None);
        for direction in ["a=recvonly", "a=sendrecv"] {
            let offer = watch(&CHROMIUM.replace("a=sendonly", direction)).unwrap();
            assert!(offer.audio && offer.video.is_some());
            assert_eq!(offer.sdp.matches("a=recvonly\r\n").count(), 2);
            assert!(!offer.sdp.contains("a=ssrc") && !offer.sdp.contains("a=msid:"));
        }
        for direction in ["a=sendonly", "a=inactive"] {
            assert!(matches!(watch(&CHROMIUM.replace("a=sendonly", direction)), Err(Error::NoMedia(_))), "{direction}");
        }
    }

    #[test]
    fn a_section_in_which_nothing_flows_is_rejected_beside_one_that_is_sent() {
        for (from, to) in [("a=sendonly", "a=inactive"), ("a=sendonly", "a=recvonly"), ("m=audio 53290", "m=audio 0")] {
            let offer = checked(&CHROMIUM.replacen(from, to, 1)).unwrap();
            assert!(!offer.audio && offer.video.is_some(), "{to}");
            assert!(!offer.sdp.contains("m=audio"), "{to}");
            let [(0, rejected)] = offer.rejected.as_slice() else { panic!("{to}: {:?}", offer.rejected) };
            let expected =
                "m=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=inactive\r\n";
            assert_eq!(rejected, expected);
        }
        // A second camera that sends nothing, and a data channel that is switched off.
        let video = &CHROMIUM[CHROMIUM.find("m=video").unwrap()..];
        let second = format!("{CHROMIUM}{}", video.replace("a=sendonly", "a=inactive"));
        assert_eq!(checked(&second).unwrap().rejected.len(), 1);
        let data = format!("{CHROMIUM}m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n");
        assert_eq!(checked(&data).unwrap().rejected[0].0, 2);
    }

    #[test]
    fn a_direction_that_is_not_written_is_the_sessions_or_both_ways() {
        let nowhere = CHROMIUM.replace("a=sendonly\r\n", "");
        assert_eq!(checked(&nowhere).unwrap().sdp.matches("a=sendrecv\r\n").count(), 2);
        for (of_session, taken) in
            [("a=sendonly", true), ("a=sendrecv", true), ("a=recvonly", false), ("a=inactive", false)]
        {
            let offer = checked(&nowhere.replacen("t=0 0\r\n", &format!("t=0 0\r\n{of_session}\r\n"), 1));
            assert_eq!(offer.is_ok(), taken, "{of_session}: {offer:?}");
            if let Ok(offer) = offer {
                assert_eq!(offer.sdp.matches(of_session).count(), 3, "{of_session}");
            }
        }
        // What a section says itself comes before what the session says.
        let offer = checked(&CHROMIUM.replacen("t=0 0\r\n", "t=0 0\r\na=inactive\r\n", 1)).unwrap();
        assert_eq!(offer.sdp.matches("a=sendonly\r\n").count(), 2);
    }

    #[test]
    fn line_ends_of_an_editor_are_taken_too() {
        assert_eq!(checked(&CHROMIUM.replace("\r\n", "\n")).unwrap(), checked(CHROMIUM).unwrap());
    }

    #[test]
    fn the_beginning_of_an_offer_is_an_error_until_audio_is_whole() {
        let opus = CHROMIUM.find("opus/48000/2").unwrap();
        assert!((0..opus).all(|length| checked(&CHROMIUM[..length]).is_err()));
        let video = CHROMIUM.find("m=video").unwrap();
        let audio = checked(&CHROMIUM[..video]).unwrap();
        assert_eq!((audio.audio, audio.video), (true, None));
        let codec = CHROMIUM.find("VP8/90000").unwrap();
        assert!((video + 2..codec).all(|length| checked(&CHROMIUM[..length]).is_err()));
        assert!((codec..CHROMIUM.len()).filter(|&length| checked(&CHROMIUM[..length]).is_ok()).count() > 1000);
    }

    #[test]
    fn bytes_turned_at_random_never_panic() {
        for at in 0..CHROMIUM.len() {
            for flip in [0x01, 0x20, 0x40] {
                let mut bytes = CHROMIUM.as_bytes().to_vec();
                bytes[at] ^= flip;
                if let Ok(text) = String::from_utf8(bytes) {
                    let _ = checked(&text);
                }
            }
        }
    }

    #[test]
    fn each_fault_of_an_offer_has_its_kind() {
        let changed = |from: &str, to: &str| checked(&CHROMIUM.replace(from, to)).unwrap_err();
        assert!(matches!(checked("").unwrap_err(), Error::Malformed(_)));
        assert!(matches!(checked("hello").unwrap_err(), Error::Malformed(_)));
        assert!(matches!(checked(&"a".repeat(65 << 10)).unwrap_err(), Error::Malformed(_)));
        assert!(matches!(checked(&CHROMIUM[..CHROMIUM.find("m=").unwrap()]).unwrap_err(), Error::NoMedia(_)));
        assert!(matches!(changed("a=sendonly", "a=recvonly"), Error::NoMedia(_)));
        assert!(matches!(changed("m=video", "m=application"), Error::Unacceptable(_)));
        assert!(matches!(changed("m=video", "m=audio"), Error::Unacceptable(_)));
        assert!(matches!(
            checked(&CHROMIUM.replace(" VP8/", " VP7/").replace(" H264/", " H263/")),
            Err(Error::Unacceptable(_))
        ));
        assert!(matches!(changed("opus/48000/2", "opus/8000"), Error::Unacceptable(_)));
        assert!(matches!(changed("UDP/TLS/RTP/SAVPF", "RTP/AVP"), Error::Unacceptable(_)));
        assert!(matches!(changed("a=ice-pwd:", "a=ice-pwn:"), Error::Malformed(_)));
        assert!(matches!(changed("a=fingerprint:", "a=thumbprint:"), Error::Malformed(_)));
        assert!(matches!(changed("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 zz"), Error::Malformed(_)));
        assert!(matches!(changed("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 :"), Error::Malformed(_)));
        assert!(matches!(changed("a=mid:", "a=middle:"), Error::Malformed(_)));
        assert!(matches!(changed("a=rtcp-mux\r\n", ""), Error::Unacceptable(_)));
        assert!(matches!(
            changed("a=rtpmap:96 VP8/90000", "a=rtpmap:96 nothing\r\na=rtpmap:96 VP8/90000"),
            Error::Malformed(_)
        ));
        assert!(
            checked(&CHROMIUM.replace("a=rtpmap:96 VP8/90000", "a=rtpmap:96 VP8/90000\r\na=rtpmap:96 VP8/90000"))
                .is_ok()
        );
        assert!(matches!(changed("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"), Error::Unacceptable(_)));
    }
}
