//! VP8 in RTP (RFC 7741): reads payload descriptors and assembles packets to frames.

use super::assembler::Piece;
use crate::packet::{self, Vp8};
use bytes::{Buf, Bytes};

/// Ticks of the RTP clock per second (RFC 7741, section 4.1).
pub const RATE_HZ: i64 = 90_000;
/// The largest frame, bytes. 4 MiB is three times a raw frame of 640x480 at full colour.
const MAX_FRAME_BYTES: usize = 4 << 20;

/// The payload descriptor of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// The packet begins a frame.
    pub start: bool,
    /// The PictureID, where the sender gives it.
    pub frame: Option<FrameId>,
    /// The length of the descriptor, bytes.
    pub len: usize,
}

/// A PictureID of 7 or 15 bits. `mask` has a one for each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameId {
    pub value: u16,
    pub mask: u16,
}

impl FrameId {
    /// Returns whether no frame can be missing between the two.
    pub fn follows(self, before: FrameId) -> bool {
        self.mask == before.mask && before.value.wrapping_add(1) & self.mask == self.value
    }
}

/// Reads the payload descriptor (RFC 7741, section 4.2). `None`: the packet ends within it, or nothing follows it.
pub fn descriptor(payload: &[u8]) -> Option<Descriptor> {
    let first = *payload.first()?;
    let mut descriptor = Descriptor { start: first & 0x10 != 0 && first & 0x07 == 0, frame: None, len: 1 };
    if first & 0x80 != 0 {
        let extension = *payload.get(1)?;
        descriptor.len = 2;
        if extension & 0x80 != 0 {
            let high = *payload.get(2)?;
            descriptor.frame = Some(if high & 0x80 != 0 {
                descriptor.len += 2;
                FrameId { value: u16::from_be_bytes([high & 0x7F, *payload.get(3)?]), mask: 0x7FFF }
            } else {
                descriptor.len += 1;
                FrameId { value: u16::from(high), mask: 0x7F }
            });
        }
        descriptor.len += usize::from(extension & 0x40 != 0);
        descriptor.len += usize::from(extension & 0x30 != 0);
    }
    (payload.len() > descriptor.len).then_some(descriptor)
}

/// Assembles frames. It takes packets in the order of sending and is told of missing ones.
#[derive(Debug)]
pub struct Assembler {
    max_side: u32,
    partial: Option<Partial>,
    /// The PictureID of the last whole frame.
    last: Option<FrameId>,
    /// Packets are missing since the last whole frame. They may have been padding.
    gap: bool,
}

#[derive(Debug)]
struct Partial {
    timestamp: u32,
    frame: Option<FrameId>,
    parts: Vec<Bytes>,
    len: usize,
}

impl Assembler {
    /// Creates an assembler that takes key frames up to `max_side` pixels wide and high.
    pub fn new(max_side: u32) -> Assembler {
        Assembler { max_side, partial: None, last: None, gap: false }
    }

    /// Takes note that packets are missing.
    pub fn lost(&mut self, out: &mut impl FnMut(Piece)) {
        self.gap = true;
        self.break_partial(out);
    }

    /// Takes the next packet: its RTP time, marker and payload.
    pub fn push(&mut self, timestamp: u32, marker: bool, mut payload: Bytes, out: &mut impl FnMut(Piece)) {
        // An empty payload is padding.
        if payload.is_empty() {
            return;
        }
        let Some(descriptor) = descriptor(&payload) else {
            return self.broken(out);
        };
        payload.advance(descriptor.len);
        if self.partial.as_ref().is_some_and(|partial| partial.timestamp != timestamp) {
            // The marker of the previous frame is missing, but none of its packets.
            self.complete(out);
        }
        if self.partial.is_none() {
            if !descriptor.start {
                return self.broken(out);
            }
            if std::mem::take(&mut self.gap) {
                let whole = self.last.zip(descriptor.frame).is_some_and(|(last, this)| this.follows(last));
                if !whole {
                    out(Piece::Broken);
                }
            }
            self.partial = Some(Partial { timestamp, frame: descriptor.frame, parts: Vec::new(), len: 0 });
        }
        if let Some(partial) = &mut self.partial {
            partial.len += payload.len();
            partial.parts.push(payload);
            if partial.len > MAX_FRAME_BYTES {
                return self.broken(out);
            }
        }
        if marker {
            self.complete(out);
        }
    }

    fn complete(&mut self, out: &mut impl FnMut(Piece)) {
        let Some(partial) = self.partial.take() else { return };
        let data = match partial.parts.as_slice() {
            [only] => only.clone(),
            parts => parts.concat().into(),
        };
        self.last = partial.frame;
        out(match packet::vp8(&data) {
            Some(Vp8 { key: None }) => Piece::Frame(partial.timestamp, false, data),
            Some(Vp8 { key: Some((w, h)) }) if w.max(h) <= self.max_side => Piece::Frame(partial.timestamp, true, data),
            _ => Piece::Broken,
        });
    }

    fn break_partial(&mut self, out: &mut impl FnMut(Piece)) {
        if self.partial.take().is_some() {
            self.last = None;
            out(Piece::Broken);
        }
    }

    fn broken(&mut self, out: &mut impl FnMut(Piece)) {
        self.partial = None;
        self.last = None;
        self.gap = false;
        out(Piece::Broken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VideoCodec;
    use crate::tap::assembler::{Sent, assembled};
    use proptest::prelude::*;

    const KEY: [u8; 10] = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01];

    /// Frames that depend on the previous ones.
    const P: [u8; 3] = [1, 2, 3];
    const Q: [u8; 3] = [3, 4, 5];

    fn run(packets: &[Sent]) -> Vec<Piece> {
        assembled(VideoCodec::Vp8, packets)
    }

    /// Returns a packet of frame `id` at `timestamp`.
    fn packet(timestamp: u32, id: u16, start: bool, marker: bool, data: &[u8]) -> Sent {
        let mut payload = vec![0x80 | if start { 0x10 } else { 0 }, 0x80, 0x80 | (id >> 8) as u8, id as u8];
        payload.extend(data);
        Some((timestamp, marker, payload))
    }

    #[test]
    fn descriptors_of_every_form_are_read() {
        let plain = descriptor(&[0x10, 1]).unwrap();
        assert_eq!((plain.start, plain.frame, plain.len), (true, None, 1));
        assert!(!descriptor(&[0x11, 1]).unwrap().start, "the second partition begins no frame");
        let short = descriptor(&[0x90, 0x80, 0x23, 1]).unwrap();
        assert_eq!((short.frame, short.len), (Some(FrameId { value: 0x23, mask: 0x7F }), 3));
        let full = descriptor(&[0x90, 0xF0, 0x81, 0x23, 7, 9, 1]).unwrap();
        assert_eq!((full.frame, full.len), (Some(FrameId { value: 0x123, mask: 0x7FFF }), 6));
        for cut in 0..=6 {
            assert_eq!(descriptor(&[0x90, 0xF0, 0x81, 0x23, 7, 9, 1][..cut]), None, "{cut} bytes");
        }
    }

    #[test]
    fn a_frame_of_three_packets_comes_out_whole() {
        let out =
            run(&[packet(1, 5, true, false, &KEY), packet(1, 5, false, false, &[1, 2]), packet(1, 5, false, true, &Q)]);
        assert_eq!(out, [Piece::Frame(1, true, [KEY.as_slice(), &[1, 2], &Q].concat().into())]);
    }

    #[test]
    fn a_gap_between_frames_with_consecutive_numbers_was_padding() {
        let out = run(&[packet(1, 0x7FFF, true, true, &P), None, packet(2, 0, true, true, &P)]);
        assert_eq!(out.len(), 2);
        let out = run(&[packet(1, 5, true, true, &P), None, packet(3, 7, true, true, &P)]);
        assert_eq!(out[1], Piece::Broken);
    }

    #[test]
    fn a_gap_within_a_frame_breaks_it_and_its_rest_is_ignored() {
        let out =
            run(&[packet(1, 5, true, false, &P), None, packet(1, 5, false, true, &Q), packet(2, 6, true, true, &P)]);
        assert_eq!(out[0], Piece::Broken);
        assert_eq!(out.last(), Some(&Piece::Frame(2, false, P.to_vec().into())));
        assert_eq!(out.iter().filter(|piece| matches!(piece, Piece::Frame(..))).count(), 1);
    }

    #[test]
    fn a_frame_that_misses_only_its_marker_is_whole() {
        let out = run(&[packet(1, 5, true, false, &P), packet(2, 6, true, true, &Q)]);
        assert_eq!(out, [Piece::Frame(1, false, P.to_vec().into()), Piece::Frame(2, false, Q.to_vec().into())]);
    }

    #[test]
    fn a_key_frame_without_its_start_code_or_of_a_monstrous_size_is_broken() {
        assert_eq!(run(&[packet(1, 1, true, true, &[0x10, 0, 0, 1, 2, 3, 4, 5, 6, 7])]), [Piece::Broken]);
        let huge = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0xFF, 0x3F, 0xFF, 0x3F];
        assert_eq!(run(&[packet(1, 1, true, true, &huge)]), [Piece::Broken]);
    }

    proptest! {
        #[test]
        fn hostile_payloads_never_panic_and_never_make_empty_frames(
            packets in prop::collection::vec(
                prop::option::weighted(0.9, (0u32..4, any::<bool>(), prop::collection::vec(any::<u8>(), 0..20))),
                0..100,
            ),
        ) {
            for piece in run(&packets) {
                if let Piece::Frame(_, _, data) = piece {
                    prop_assert!(!data.is_empty());
                }
            }
        }
    }
}
