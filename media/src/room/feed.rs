//! What one participant publishes, as viewers need it: each packet once, with what tells where a decoder can begin.

use super::recent::Recent;
use crate::h264;
use crate::item::{Track, VideoCodec};
use crate::packet::vp8;
use crate::tap::Packet;
use crate::tap::vp8::descriptor;
use bytes::Bytes;
use std::time::{Duration, Instant};

/// So many packets in a row of another SSRC are a new stream; fewer are strays.
const STRAYS: u32 = 10;
/// The kind of a payload that holds several NAL units.
const STAP_A: u8 = 24;
/// The largest payload with parameter sets, bytes: it must fit into a packet.
const MOST_LEAD_BYTES: usize = 1100;
/// The shortest time between two requests for a key frame that viewers cause together.
const KEY_FRAME_LIMIT: Duration = Duration::from_secs(1);

/// One publishing of the participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Publishing {
    /// Later ones have higher numbers.
    pub number: u64,
    /// How its video is coded.
    pub codec: VideoCodec,
}

/// A packet that viewers have not got yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// The publishing it is of.
    pub from: Publishing,
    pub track: Track,
    pub packet: Packet,
    /// The packet begins a frame that needs no other.
    pub key: bool,
    /// What must come before it where a viewer begins with it: the payload with the parameter sets that it lacks.
    pub lead: Option<Bytes>,
    /// When it arrived.
    pub at: Instant,
}

impl Fresh {
    /// Returns what tells the stream from others of the track.
    pub fn id(&self) -> (u64, u32) {
        (self.from.number, self.packet.ssrc)
    }
}

/// The packets of one participant on their way to the viewers.
#[derive(Debug, Default)]
pub struct Feed {
    publisher: Option<u64>,
    tracks: [Option<Stream>; 2],
    fresh: Vec<Fresh>,
    asked: Option<Instant>,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    strays: u32,
    recent: Recent,
}

impl Feed {
    /// Takes a packet in the order of arrival. Packets of a publishing that another one has replaced are ignored. `sets`: the
    /// newest parameter sets of H.264, for key frames that come without: senders may send them once at the beginning.
    pub fn push(
        &mut self,
        from: Publishing,
        track: Track,
        packet: &Packet,
        at: Instant,
        sets: impl FnOnce() -> Vec<Bytes>,
    ) {
        if self.publisher.is_some_and(|newest| newest > from.number) {
            return;
        }
        if self.publisher != Some(from.number) {
            (self.publisher, self.tracks) = (Some(from.number), [None, None]);
        }
        let stream = self.tracks[usize::from(track == Track::Audio)].get_or_insert_with(|| Stream::new(packet.ssrc));
        if !stream.takes(packet) {
            return;
        }
        let key = track == Track::Audio || begins_key_frame(from.codec, &packet.payload);
        let lacks = key && track == Track::Video && from.codec == VideoCodec::H264 && !has_sets(&packet.payload);
        let lead = if lacks { aggregate(&sets()) } else { None };
        self.fresh.push(Fresh { from, track, packet: packet.clone(), key, lead, at });
    }

    /// Returns the packets that came since the last call of [`Feed::clear`].
    pub fn fresh(&self) -> &[Fresh] {
        &self.fresh
    }

    pub fn clear(&mut self) {
        self.fresh.clear();
    }

    /// Returns the publishing that may be asked for a key frame now, because a viewer needs one; the time counts then.
    pub fn ask(&mut self, now: Instant) -> Option<u64> {
        if self.asked.is_some_and(|asked| now < asked + KEY_FRAME_LIMIT) {
            return None;
        }
        self.asked = self.publisher.map(|_| now).or(self.asked);
        self.publisher
    }
}

impl Stream {
    fn new(ssrc: u32) -> Stream {
        Stream { ssrc, strays: 0, recent: Recent::new() }
    }

    /// Returns whether viewers need the packet.
    fn takes(&mut self, packet: &Packet) -> bool {
        if packet.ssrc != self.ssrc {
            self.strays += 1;
            if self.strays < STRAYS {
                return false;
            }
            *self = Stream::new(packet.ssrc);
        }
        self.strays = 0;
        self.recent.is_new(packet.sequence)
    }
}

/// Returns whether a packet of video begins a key frame.
fn begins_key_frame(codec: VideoCodec, payload: &[u8]) -> bool {
    match codec {
        VideoCodec::Vp8 => descriptor(payload)
            .filter(|descriptor| descriptor.start)
            .and_then(|descriptor| vp8(&payload[descriptor.len..]))
            .is_some_and(|head| head.key.is_some()),
        VideoCodec::H264 => has_units(payload, |kind| matches!(kind, h264::kind::SPS | h264::kind::IDR)),
    }
}

/// Returns whether a packet of H.264 brings a sequence parameter set.
fn has_sets(payload: &[u8]) -> bool {
    has_units(payload, |kind| kind == h264::kind::SPS)
}

/// Returns whether a NAL unit of such a kind begins in a packet of H.264.
fn has_units(payload: &[u8], wanted: impl Fn(u8) -> bool) -> bool {
    match h264::kind_of(payload) {
        STAP_A => aggregated(&payload[1..]).any(|unit| wanted(h264::kind_of(unit))),
        // FU-A: the kind of the unit, in its first fragment (RFC 6184, section 5.8).
        28 => payload.get(1).is_some_and(|head| head & 0x80 != 0 && wanted(head & 0x1f)),
        kind => wanted(kind),
    }
}

/// Returns NAL units as one payload (RFC 6184, section 5.7.1). `None`: there are none, or they do not fit into a packet.
fn aggregate(units: &[Bytes]) -> Option<Bytes> {
    let mut payload = vec![0x60 | STAP_A];
    for unit in units {
        payload.extend(u16::try_from(unit.len()).ok()?.to_be_bytes());
        payload.extend_from_slice(unit);
    }
    (!units.is_empty() && payload.len() <= MOST_LEAD_BYTES).then(|| payload.into())
}

/// Returns the NAL units of a STAP-A without its first byte (RFC 6184, section 5.7.1); it ends where a length is wrong.
fn aggregated(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        let (unit, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        rest = behind;
        Some(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ssrc: u32, sequence: u16) -> Packet {
        Packet { ssrc, sequence, timestamp: 0, marker: false, payload: Bytes::from_static(&[0xfc, 1]) }
    }

    fn push(feed: &mut Feed, publisher: u64, ssrc: u32, sequence: u16) -> usize {
        feed.clear();
        let from = Publishing { number: publisher, codec: VideoCodec::Vp8 };
        feed.push(from, Track::Audio, &packet(ssrc, sequence), Instant::now(), Vec::new);
        feed.fresh().len()
    }

    #[test]
    fn a_packet_that_was_sent_again_is_passed_on_once() {
        let mut feed = Feed::default();
        assert_eq!([1, 3, 2, 3, 2, 4].map(|sequence| push(&mut feed, 1, 7, sequence)), [1, 1, 1, 0, 0, 1]);
    }

    #[test]
    fn a_later_publishing_takes_over_and_the_earlier_one_is_not_heard_again() {
        let mut feed = Feed::default();
        assert_eq!(push(&mut feed, 1, 7, 100), 1);
        assert_eq!(push(&mut feed, 2, 7, 100), 1);
        assert_eq!(push(&mut feed, 1, 7, 101), 0);
        assert_eq!(feed.ask(Instant::now()), Some(2));
    }

    #[test]
    fn a_stray_of_another_stream_is_dropped_and_a_run_of_them_is_the_new_stream() {
        let mut feed = Feed::default();
        assert_eq!(push(&mut feed, 1, 7, 1), 1);
        assert_eq!((push(&mut feed, 1, 8, 1), push(&mut feed, 1, 7, 2)), (0, 1));
        let passed: usize = (0..12).map(|sequence| push(&mut feed, 1, 8, sequence)).sum();
        assert_eq!(passed, 3);
    }

    #[test]
    fn viewers_together_cause_one_request_a_second() {
        let mut feed = Feed::default();
        let begin = Instant::now();
        assert_eq!(feed.ask(begin), None, "nobody publishes");
        push(&mut feed, 1, 7, 1);
        let asked = (0..3000).filter(|ms| feed.ask(begin + Duration::from_millis(*ms)).is_some()).count();
        assert_eq!(asked, 3);
    }

    #[test]
    fn a_key_frame_of_h264_without_parameter_sets_has_those_that_came_before() {
        let mut feed = Feed::default();
        let from = Publishing { number: 1, codec: VideoCodec::H264 };
        let sets = || vec![Bytes::from_static(&[0x67, 1, 2]), Bytes::from_static(&[0x68, 3])];
        for (sequence, payload) in [(1, &[0x65, 1][..]), (2, &[0x78, 0, 1, 0x67, 0, 1, 0x65]), (3, &[0x61, 1])] {
            let packet = Packet { payload: Bytes::copy_from_slice(payload), ..packet(7, sequence) };
            feed.push(from, Track::Video, &packet, Instant::now(), sets);
        }
        let leads: Vec<_> = feed.fresh().iter().map(|fresh| (fresh.key, fresh.lead.clone())).collect();
        let lead = Bytes::from_static(&[0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3]);
        assert_eq!(leads, [(true, Some(lead)), (true, None), (false, None)]);
        assert_eq!(aggregate(&[Bytes::from(vec![0; 2000])]), None);
    }

    #[test]
    fn the_first_packet_of_a_key_frame_is_known_in_either_coding() {
        let key = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01];
        let vp8 = |descriptor: &[u8], frame: &[u8]| begins_key_frame(VideoCodec::Vp8, &[descriptor, frame].concat());
        assert!(vp8(&[0x10], &key) && vp8(&[0x90, 0x80, 0x80, 1], &key));
        assert!(!vp8(&[0x00], &key) && !vp8(&[0x10], &[0x11, 2, 0]) && !vp8(&[], &[]));
        let h264 = |payload: &[u8]| begins_key_frame(VideoCodec::H264, payload);
        assert!(h264(&[0x65, 1]) && h264(&[0x67, 1]) && h264(&[0x78, 0, 1, 0x67]) && h264(&[0x7c, 0x85, 1]));
        assert!(h264(&[0x78, 0, 2, 0x09, 0x10, 0, 1, 0x67, 0, 1, 0x68]), "behind a delimiter");
        assert!(
            !h264(&[0x61, 1])
                && !h264(&[0x78, 0, 1, 0x61])
                && !h264(&[0x78, 0, 9, 0x67])
                && !h264(&[0x78])
                && !h264(&[0x7c, 0x05, 1])
                && !h264(&[])
        );
    }
}
