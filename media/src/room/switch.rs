//! One track of one viewer: whoever publishes, the viewer gets one stream whose numbers and times run on.

use super::feed::Fresh;
use super::vp8::{self, Numbers, Shift};
use crate::item::{Track, VideoCodec};
use crate::packet::OPUS_HZ;
use crate::tap::vp8::RATE_HZ;
use bytes::Bytes;
use std::time::Instant;

/// Packets after the first one of a stream among which some from before it may still come.
const EARLY: u16 = 2048;

/// What a viewer is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
}

/// The state of one track of one viewer.
#[derive(Debug)]
pub struct Switch {
    track: Track,
    /// How the viewer expects video.
    codec: VideoCodec,
    source: Option<Source>,
    newest: Option<Newest>,
}

/// The stream that is passed on, and what is added to its numbers.
#[derive(Debug)]
struct Source {
    /// The publishing and the stream within it.
    id: (u64, u32),
    /// The sequence number with which it began, as long as earlier packets may come.
    first: Option<u16>,
    sequence: u16,
    timestamp: u32,
    numbers: Shift,
}

/// The newest packet that was sent.
#[derive(Debug)]
struct Newest {
    sequence: u16,
    timestamp: u32,
    at: Instant,
    numbers: Numbers,
}

impl Switch {
    pub fn new(track: Track, codec: VideoCodec) -> Switch {
        Switch { track, codec, source: None, newest: None }
    }

    /// Leaves out what comes, up to the next key frame.
    pub fn pause(&mut self) {
        self.source = None;
    }

    /// Returns whether the viewer sees nothing before the next key frame.
    pub fn waits_for_key_frame(&self) -> bool {
        self.track == Track::Video && self.source.is_none()
    }

    /// Returns what the viewer is sent for a packet: the packet, behind its lead where the viewer begins with it. Nothing where a
    /// key frame must come first, or the packet is of another coding or older than what the viewer began with.
    pub fn forward(&mut self, fresh: &Fresh) -> impl Iterator<Item = Outgoing> + use<> {
        let begins = self.source.as_ref().is_none_or(|source| source.id != fresh.id());
        let packet = self.packet(fresh);
        let lead = packet.as_ref().zip(fresh.lead.as_ref().filter(|_| begins)).map(|(packet, lead)| Outgoing {
            sequence: packet.sequence.wrapping_sub(1),
            timestamp: packet.timestamp,
            marker: false,
            payload: lead.clone(),
        });
        lead.into_iter().chain(packet)
    }

    /// Returns the packet as the viewer is sent it.
    fn packet(&mut self, fresh: &Fresh) -> Option<Outgoing> {
        let packet = &fresh.packet;
        let video = self.track == Track::Video;
        if video && fresh.from.codec != self.codec {
            return None;
        }
        if self.source.as_ref().is_none_or(|source| source.id != fresh.id()) {
            if video && !fresh.key {
                return None;
            }
            self.source = Some(self.begin(fresh));
        }
        let source = self.source.as_mut()?;
        if let Some(first) = source.first {
            let since = packet.sequence.wrapping_sub(first);
            if since >= 0x8000 {
                return None;
            }
            if since > EARLY {
                source.first = None;
            }
        }
        let sequence = packet.sequence.wrapping_add(source.sequence);
        let timestamp = packet.timestamp.wrapping_add(source.timestamp);
        let coded = video && self.codec == VideoCodec::Vp8;
        let payload = if coded { source.numbers.apply(&packet.payload) } else { packet.payload.clone() };
        if self.newest.as_ref().is_none_or(|newest| sequence.wrapping_sub(newest.sequence) < 0x8000) {
            let numbers = if coded { vp8::numbers(&payload) } else { Numbers::default() };
            self.newest = Some(Newest { sequence, timestamp, at: fresh.at, numbers });
        }
        Some(Outgoing { sequence, timestamp, marker: packet.marker, payload })
    }

    /// Returns the source that begins with this packet. The first one keeps its own numbers; a later one goes on where
    /// the one before ended, later by the time that has passed.
    fn begin(&self, fresh: &Fresh) -> Source {
        let packet = &fresh.packet;
        let mut source = Source {
            id: fresh.id(),
            first: Some(packet.sequence),
            sequence: 0,
            timestamp: 0,
            numbers: Shift::default(),
        };
        let Some(newest) = &self.newest else { return source };
        let rate_hz = if self.track == Track::Video { RATE_HZ as u32 } else { OPUS_HZ };
        let passed = fresh.at.saturating_duration_since(newest.at).as_micros() * u128::from(rate_hz) / 1_000_000;
        let timestamp = newest.timestamp.wrapping_add((passed as u32).max(1));
        // A lead has a number of its own.
        let next = newest.sequence.wrapping_add(if fresh.lead.is_some() { 2 } else { 1 });
        source.sequence = next.wrapping_sub(packet.sequence);
        source.timestamp = timestamp.wrapping_sub(packet.timestamp);
        source.numbers = vp8::numbers(&packet.payload).following(newest.numbers);
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Publishing;
    use crate::tap::Packet;
    use proptest::prelude::*;
    use std::sync::LazyLock;
    use std::time::Duration;

    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

    fn video(publisher: u64, sequence: u16, timestamp: u32, at_ms: u64, key: bool) -> Fresh {
        let payload = Bytes::copy_from_slice(&[0x90, 0x80, 0x80 | (sequence >> 8) as u8 & 0x7f, sequence as u8, 1]);
        let packet = Packet { ssrc: 5, sequence, timestamp, marker: true, payload };
        let from = Publishing { number: publisher, codec: VideoCodec::Vp8 };
        Fresh { from, track: Track::Video, packet, key, lead: None, at: *BEGIN + Duration::from_millis(at_ms) }
    }

    fn frame_number(out: &Outgoing) -> u16 {
        u16::from_be_bytes([out.payload[2] & 0x7f, out.payload[3]])
    }

    #[test]
    fn video_begins_with_a_key_frame_and_keeps_the_first_publishers_numbers() {
        let mut switch = Switch::new(Track::Video, VideoCodec::Vp8);
        assert!(switch.forward(&video(1, 10, 900, 0, false)).next().is_none());
        assert!(switch.waits_for_key_frame());
        let first = switch.forward(&video(1, 11, 1800, 10, true)).next().unwrap();
        assert_eq!((first.sequence, first.timestamp, frame_number(&first)), (11, 1800, 11));
        assert!(!switch.waits_for_key_frame());
        assert!(switch.forward(&video(1, 10, 900, 11, false)).next().is_none(), "it is from before the key frame");
        assert_eq!(switch.forward(&video(1, 12, 2700, 20, false)).next().unwrap().sequence, 12);
    }

    #[test]
    fn another_publishing_goes_on_where_the_one_before_ended() {
        let mut switch = Switch::new(Track::Video, VideoCodec::Vp8);
        switch.forward(&video(1, 65_535, 7, 1000, true)).next().unwrap();
        assert!(switch.forward(&video(2, 400, 55, 1500, false)).next().is_none(), "a key frame must come first");
        let next = switch.forward(&video(2, 401, 1_000_000, 2000, true)).next().unwrap();
        assert_eq!((next.sequence, next.timestamp), (0, 7 + 90_000));
        assert_eq!(frame_number(&next), 0, "after 65535 & 0x7fff");
        let then = switch.forward(&video(2, 402, 1_003_000, 2033, false)).next().unwrap();
        assert_eq!((then.sequence, then.timestamp, frame_number(&then)), (1, 7 + 93_000, 1));
    }

    #[test]
    fn after_a_pause_the_stream_goes_on_with_a_key_frame_and_no_number_is_missing() {
        let mut switch = Switch::new(Track::Video, VideoCodec::Vp8);
        switch.forward(&video(1, 10, 0, 0, true)).next().unwrap();
        switch.pause();
        assert!(switch.forward(&video(1, 11, 3000, 33, false)).next().is_none());
        let next = switch.forward(&video(1, 500, 90_000, 1000, true)).next().unwrap();
        assert_eq!((next.sequence, next.timestamp, frame_number(&next)), (11, 90_000, 11));
    }

    #[test]
    fn a_lead_comes_before_the_packet_that_a_viewer_begins_with_and_before_no_other() {
        let mut switch = Switch::new(Track::Video, VideoCodec::Vp8);
        let lead = Some(Bytes::from_static(b"sets"));
        let mut numbers = Vec::new();
        for (publisher, sequence, key) in [(1, 10, true), (1, 11, true), (2, 70, true), (2, 71, false)] {
            let fresh = Fresh { lead: lead.clone(), ..video(publisher, sequence, 0, u64::from(sequence), key) };
            numbers.extend(switch.forward(&fresh).map(|out| (out.sequence, out.payload == "sets")));
        }
        assert_eq!(numbers, [(9, true), (10, false), (11, false), (12, true), (13, false), (14, false)]);
    }

    #[test]
    fn video_of_another_coding_is_not_passed_on() {
        let mut switch = Switch::new(Track::Video, VideoCodec::H264);
        assert!(switch.forward(&video(1, 11, 1800, 10, true)).next().is_none());
    }

    proptest! {
        #[test]
        fn within_one_publishing_numbers_times_and_payloads_are_those_of_the_publisher(
            start: u16, steps in prop::collection::vec(0u16..40, 1..400)
        ) {
            let mut switch = Switch::new(Track::Video, VideoCodec::Vp8);
            let mut sequence = start;
            for (n, step) in steps.into_iter().enumerate() {
                let fresh = video(1, sequence, n as u32 * 3000, n as u64 * 33, n == 0);
                let out = switch.forward(&fresh).next().unwrap();
                prop_assert_eq!((out.sequence, out.timestamp), (fresh.packet.sequence, fresh.packet.timestamp));
                prop_assert_eq!(&out.payload, &fresh.packet.payload);
                sequence = sequence.wrapping_add(step);
            }
        }
    }
}
