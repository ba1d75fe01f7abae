//! H.264 out of RTP (RFC 6184, packetization modes 0 and 1): packets put together to access units with start codes.
//!
//! Each key unit carries the parameter sets that it needs, so that decoding can start there whatever came before: where the
//! sender leaves them out, the newest that it sent, or named in its offer, stand in front. A recovery point is a key unit too:
//! some senders refresh their frames piece by piece and never send an IDR frame again.

use super::assembler::Piece;
use crate::h264::{self, START_CODE, kind};
use bytes::{Buf, Bytes, BytesMut};

/// No access unit that we accept comes near.
const MAX_UNIT_BYTES: usize = 4 << 20;
/// Honest units have a few slices and sets; a packet can hold 400 empty ones.
const MAX_NALS: usize = 4096;
/// Parameter sets are some tens of bytes long.
const MAX_SET_BYTES: usize = 1024;
/// Sets of each kind that are remembered; senders use one.
const MAX_SETS: usize = 8;

/// Kinds of payload that are no NAL unit by themselves (RFC 6184, section 5.2).
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// Puts access units together. Takes packets in the order of sending, and is told of gaps.
#[derive(Debug)]
pub struct Assembler {
    max_side: u32,
    sets: Sets,
    partial: Option<Partial>,
    /// The unit of this time is broken, and what still comes of it is ignored.
    skipped: Option<u32>,
    /// Packets are missing before the next one, or nothing has come yet: it need not begin a unit.
    gap: bool,
}

#[derive(Debug)]
struct Partial {
    timestamp: u32,
    nals: Vec<Bytes>,
    /// The NAL unit that comes in fragments.
    fragment: Option<BytesMut>,
    len: usize,
}

/// A packet that makes no sense.
struct Nonsense;

impl Assembler {
    /// Frames wider or higher than `max_side` are broken ones.
    pub fn new(max_side: u32) -> Assembler {
        Assembler { max_side, sets: Sets::default(), partial: None, skipped: None, gap: true }
    }

    /// Takes a parameter set that the sender named before it sent anything.
    pub fn parameter_set(&mut self, nal: &Bytes) {
        self.sets.take(nal);
    }

    /// Returns the newest parameter sets; none before there is one of each kind.
    pub fn parameter_sets(&self) -> Vec<Bytes> {
        if self.sets.are_known() { self.sets.iter().cloned().collect() } else { Vec::new() }
    }

    /// Packets never came.
    pub fn lost(&mut self, out: &mut impl FnMut(Piece)) {
        // Units have no numbers: nobody can tell a lost unit from lost padding.
        if let Some(partial) = self.partial.take() {
            self.skipped = Some(partial.timestamp);
        }
        if !self.gap {
            out(Piece::Broken);
        }
        self.gap = true;
    }

    /// The next packet: its RTP time, marker and payload.
    pub fn push(&mut self, timestamp: u32, marker: bool, payload: Bytes, out: &mut impl FnMut(Piece)) {
        // Nothing inside: padding, which only counts.
        if payload.is_empty() {
            return;
        }
        if self.partial.as_ref().is_some_and(|partial| partial.timestamp != timestamp) {
            // The marker that ends a unit is no must (section 5.1).
            self.complete(out);
        }
        if self.skipped == Some(timestamp) {
            return;
        }
        self.skipped = None;
        if self.partial.is_none() {
            if std::mem::take(&mut self.gap) && !may_begin(&payload) {
                self.skipped = Some(timestamp);
                return;
            }
            self.partial = Some(Partial { timestamp, nals: Vec::new(), fragment: None, len: 0 });
        }
        let Some(partial) = &mut self.partial else { return };
        let sense = partial.take(payload).is_ok() && partial.len <= MAX_UNIT_BYTES && partial.nals.len() <= MAX_NALS;
        if !sense {
            return self.broken(timestamp, out);
        }
        if marker {
            self.complete(out);
        }
    }

    fn broken(&mut self, timestamp: u32, out: &mut impl FnMut(Piece)) {
        self.partial = None;
        self.skipped = Some(timestamp);
        out(Piece::Broken);
    }

    fn complete(&mut self, out: &mut impl FnMut(Piece)) {
        let Some(partial) = self.partial.take() else { return };
        let Partial { timestamp, nals, fragment, .. } = partial;
        if fragment.is_some() {
            return self.broken(timestamp, out);
        }
        let (mut has_sps, mut has_pps) = (false, false);
        for nal in &nals {
            let sps = h264::sps(nal);
            let fits = sps.is_some_and(|sps| sps.width.max(sps.height) <= self.max_side);
            if h264::kind_of(nal) == kind::SPS && !fits {
                return self.broken(timestamp, out);
            }
            has_sps |= fits;
            has_pps |= h264::pps_id(nal).is_some();
            self.sets.take(nal);
        }
        let is = |kind| nals.iter().any(|nal| h264::kind_of(nal) == kind);
        let recovers = nals.iter().any(|nal| h264::is_recovery_point(nal));
        let key = is(kind::IDR) || recovers && self.sets.are_known();
        // Parameter sets or remarks that come with a time of their own are no frame.
        if !key && !is(kind::SLICE) && !(2..5).any(is) {
            return;
        }
        // Nothing decodes without them.
        if key && !self.sets.are_known() {
            return self.broken(timestamp, out);
        }
        let mut lead: Vec<&Bytes> = Vec::new();
        if key && !(has_sps && has_pps) {
            lead.extend(self.sets.iter());
        }
        let delimited = nals.first().is_some_and(|nal| h264::kind_of(nal) == kind::DELIMITER);
        let (first, rest) = nals.split_at(usize::from(delimited));
        let mut unit = Vec::with_capacity(nals.iter().chain(lead.iter().copied()).map(|nal| nal.len() + 4).sum());
        for nal in first.iter().chain(lead).chain(rest) {
            unit.extend_from_slice(&START_CODE);
            unit.extend_from_slice(nal);
        }
        out(Piece::Frame(timestamp, key, unit.into()));
    }
}

/// Whether a unit can begin with this payload: with what stands in front of slices, or with the first slice.
fn may_begin(payload: &[u8]) -> bool {
    let begins = |nal: &[u8]| match h264::kind_of(nal) {
        6..=9 => true,
        _ => h264::is_first_slice(nal).unwrap_or(false),
    };
    match h264::kind_of(payload) {
        STAP_A => payload.get(3..).is_some_and(begins),
        FU_A => payload.get(1..3).is_some_and(|head| head[0] & 0x80 != 0 && begins(&[head[0] & 0x1f, head[1]])),
        _ => begins(payload),
    }
}

impl Partial {
    fn take(&mut self, mut payload: Bytes) -> Result<(), Nonsense> {
        let kind = h264::kind_of(&payload);
        if kind != FU_A && self.fragment.is_some() {
            return Err(Nonsense);
        }
        match kind {
            1..STAP_A => self.nal(payload),
            STAP_A => {
                payload.advance(1);
                while !payload.is_empty() {
                    let length = usize::from(payload.try_get_u16().map_err(|_| Nonsense)?);
                    if length == 0 || length > payload.len() || !(1..STAP_A).contains(&h264::kind_of(&payload)) {
                        return Err(Nonsense);
                    }
                    self.nal(payload.split_to(length));
                }
            }
            FU_A => self.fragment(payload)?,
            // The other packets of mode 2 were not agreed on; 0, 30 and 31 mean nothing and are passed over.
            25..=29 => return Err(Nonsense),
            _ => {}
        }
        Ok(())
    }

    fn nal(&mut self, nal: Bytes) {
        self.len += nal.len();
        self.nals.push(nal);
    }

    /// A part of a NAL unit (section 5.8).
    fn fragment(&mut self, mut payload: Bytes) -> Result<(), Nonsense> {
        let (indicator, header) = match payload.get(..2) {
            Some(head) if payload.len() > 2 => (head[0], head[1]),
            _ => return Err(Nonsense),
        };
        let (start, end) = (header & 0x80 != 0, header & 0x40 != 0);
        if start == self.fragment.is_some() || !(1..STAP_A).contains(&(header & 0x1f)) {
            return Err(Nonsense);
        }
        payload.advance(2);
        let nal = self.fragment.get_or_insert_with(|| BytesMut::from(&[indicator & 0xe0 | header & 0x1f][..]));
        self.len += payload.len();
        nal.extend_from_slice(&payload);
        if end && let Some(nal) = self.fragment.take() {
            self.nals.push(nal.freeze());
        }
        Ok(())
    }
}

/// The newest parameter sets of each number.
#[derive(Debug, Default)]
struct Sets {
    of_sequence: Vec<(u8, Bytes)>,
    of_frames: Vec<(u8, Bytes)>,
}

impl Sets {
    /// Remembers a parameter set; any other NAL unit is left alone.
    fn take(&mut self, nal: &Bytes) {
        let (id, sets) = match (h264::sps(nal), h264::pps_id(nal)) {
            (Some(sps), _) => (sps.id, &mut self.of_sequence),
            (_, Some(id)) => (id, &mut self.of_frames),
            _ => return,
        };
        if nal.len() > MAX_SET_BYTES {
            return;
        }
        match sets.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) if known == nal => {}
            // A copy: the packet that it came in need not be kept.
            Some((_, known)) => *known = Bytes::copy_from_slice(nal),
            None => {
                sets.truncate(MAX_SETS - 1);
                sets.push((id, Bytes::copy_from_slice(nal)));
            }
        }
    }

    fn are_known(&self) -> bool {
        !self.of_sequence.is_empty() && !self.of_frames.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = &Bytes> {
        self.of_sequence.iter().chain(&self.of_frames).map(|(_, nal)| nal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VideoCodec;
    use crate::tap::assembler::{Sent, assembled};
    use proptest::prelude::*;

    /// 640x480, as x264 writes it.
    const SPS: &[u8] = b"\x67\x42\xc0\x1e\xda\x02\x80\xf6\xc0\x44\0\0\x03\0\x04\0\0\x03\0\xf2\x3c\x58\xba\x80";
    const PPS: &[u8] = b"\x68\xce\x0f\xc8";
    const IDR: &[u8] = &[0x65, 0x88, 1, 2, 3, 4, 5, 6];
    const P: &[u8] = &[0x41, 0x9a, 7, 8];

    fn run(packets: &[Sent]) -> Vec<Piece> {
        assembled(VideoCodec::H264, packets)
    }

    fn packet(timestamp: u32, marker: bool, payload: &[u8]) -> Sent {
        Some((timestamp, marker, payload.to_vec()))
    }

    fn together(nals: &[&[u8]]) -> Vec<u8> {
        let length = |nal: &[u8]| (nal.len() as u16).to_be_bytes();
        nals.iter().fold(vec![0x78], |made, nal| [&made[..], &length(nal), nal].concat())
    }

    /// A NAL unit in fragments of so many bytes.
    fn fragments(timestamp: u32, nal: &[u8], bytes: usize) -> Vec<Sent> {
        let chunks: Vec<_> = nal[1..].chunks(bytes).collect();
        let last = chunks.len() - 1;
        let bits = |n| if n == 0 { 0x80 } else { 0 } | if n == last { 0x40 } else { 0 };
        let one = |(n, chunk): (usize, &&[u8])| {
            let head = [nal[0] & 0xe0 | FU_A, nal[0] & 0x1f | bits(n)];
            packet(timestamp, n == last, &[&head[..], chunk].concat())
        };
        chunks.iter().enumerate().map(one).collect()
    }

    fn unit(timestamp: u32, key: bool, nals: &[&[u8]]) -> Piece {
        Piece::Frame(timestamp, key, nals.iter().flat_map(|nal| [&START_CODE, *nal].concat()).collect())
    }

    #[test]
    fn single_units_aggregates_and_fragments_come_out_as_one_access_unit() {
        let whole = unit(1, true, &[SPS, PPS, IDR]);
        assert_eq!(run(&[packet(1, false, SPS), packet(1, false, PPS), packet(1, true, IDR)]), [whole]);
        let mut packets = vec![packet(1, false, &together(&[SPS, PPS]))];
        packets.extend(fragments(1, IDR, 3));
        packets.push(packet(2, true, P));
        assert_eq!(run(&packets), [unit(1, true, &[SPS, PPS, IDR]), unit(2, false, &[P])]);
    }

    #[test]
    fn a_key_unit_without_parameter_sets_gets_the_newest_that_were_sent() {
        let sent = [
            packet(1, false, &together(&[SPS, PPS])),
            packet(1, true, IDR),
            packet(2, true, P),
            packet(3, true, IDR),
            packet(4, true, &together(&[SPS, PPS])),
            packet(5, true, IDR),
        ];
        let whole = |timestamp| unit(timestamp, true, &[SPS, PPS, IDR]);
        assert_eq!(run(&sent), [whole(1), unit(2, false, &[P]), whole(3), whole(5)]);
        assert_eq!(run(&[packet(1, true, IDR)]), [Piece::Broken], "none is known");
        let mut assembler = Assembler::new(1920);
        assembler.parameter_set(&Bytes::from_static(SPS));
        assembler.parameter_set(&Bytes::from_static(PPS));
        let mut pieces = Vec::new();
        assembler.push(1, true, Bytes::from_static(IDR), &mut |piece| pieces.push(piece));
        assert_eq!(pieces, [whole(1)], "named in the offer");
    }

    #[test]
    fn a_lost_packet_breaks_its_unit_and_says_that_a_key_unit_is_needed() {
        let key = packet(1, true, &together(&[SPS, PPS, IDR]));
        let parts = fragments(2, &[P, &[9; 20]].concat(), 6);
        for missing in 0..parts.len() {
            let mut sent = vec![key.clone()];
            sent.extend(parts.iter().enumerate().map(|(n, part)| part.clone().filter(|_| n != missing)));
            sent.push(packet(3, true, P));
            let out = run(&sent);
            assert_eq!(out[1..], [Piece::Broken, unit(3, false, &[P])], "without packet {missing}");
        }
    }

    #[test]
    fn what_begins_in_the_middle_of_a_unit_is_left_out() {
        let mut sent = fragments(1, IDR, 2)[1..].to_vec();
        sent.push(packet(2, true, P));
        sent.push(packet(3, true, &together(&[SPS, PPS, IDR])));
        assert_eq!(run(&sent), [unit(2, false, &[P]), unit(3, true, &[SPS, PPS, IDR])]);
    }

    #[test]
    fn a_unit_that_misses_only_its_marker_is_whole() {
        let out = run(&[packet(1, false, &together(&[SPS, PPS, IDR])), packet(2, true, P)]);
        assert_eq!(out, [unit(1, true, &[SPS, PPS, IDR]), unit(2, false, &[P])]);
    }

    #[test]
    fn packets_that_make_no_sense_and_monstrous_sizes_are_broken() {
        let key = packet(1, true, &together(&[SPS, PPS, IDR]));
        let wrong: [&[u8]; 7] =
            [&[0x78, 0, 9, 1], &[0x78, 0, 0], &[0x78, 5], &[0x7c], &[0x7c, 0x85], &[0x7c, 0x05, 1], &[0x79, 0, 0, 1]];
        for payload in wrong {
            assert_eq!(run(&[key.clone(), packet(2, true, payload)])[1..], [Piece::Broken], "{payload:?}");
        }
        let mut small = Assembler::new(639);
        let mut pieces = Vec::new();
        small.push(1, true, together(&[SPS, PPS, IDR]).into(), &mut |piece| pieces.push(piece));
        assert_eq!(pieces, [Piece::Broken]);
    }

    proptest! {
        #[test]
        fn hostile_payloads_never_panic_and_key_units_always_carry_their_parameter_sets(
            packets in prop::collection::vec(
                prop::option::weighted(
                    0.9,
                    (
                        0u32..4,
                        any::<bool>(),
                        prop::sample::select(vec![0x67u8, 0x68, 0x65, 0x41, 0x78, 0x7c, 0x79, 0, 0xff]),
                        prop::collection::vec(any::<u8>(), 0..20),
                    ),
                ),
                0..100,
            ),
        ) {
            let mut sent = vec![packet(9, true, &together(&[SPS, PPS, IDR]))];
            let made = packets.into_iter();
            sent.extend(made.map(|packet| packet.map(|(t, marker, head, rest)| (t, marker, [&[head][..], &rest].concat()))));
            for piece in run(&sent) {
                if let Piece::Frame(_, key, data) = piece {
                    prop_assert!(!data.is_empty());
                    prop_assert!(!key || h264::size(h264::units(&data)).is_some());
                }
            }
        }

        #[test]
        fn any_unit_in_fragments_of_any_size_comes_out_as_it_was(
            rest in prop::collection::vec(1u8.., 1..3000),
            bytes in 1usize..1200,
        ) {
            let nal = [&[0x65, 0x88][..], &rest].concat();
            let mut sent = vec![packet(1, false, &together(&[SPS, PPS]))];
            sent.extend(fragments(1, &nal, bytes));
            prop_assert_eq!(run(&sent), [unit(1, true, &[SPS, PPS, &nal])]);
        }
    }
}
