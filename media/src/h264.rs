//! H.264 without decoding it: NAL units, the size that a sequence parameter set gives, and the two forms of a stream, with
//! start codes and with lengths (ITU-T H.264, Annex B; ISO/IEC 14496-15).

mod recovery;

pub use recovery::{begins_anew, is_recovery_point, resuming};

/// Kinds of NAL units (ITU-T H.264, table 7-1).
pub mod kind {
    pub const SLICE: u8 = 1;
    pub const IDR: u8 = 5;
    pub const SEI: u8 = 6;
    pub const SPS: u8 = 7;
    pub const PPS: u8 = 8;
    pub const DELIMITER: u8 = 9;
}

/// What stands before each NAL unit of a stream made here.
pub const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// Returns the kind of a NAL unit, 0 to 31; 0 for an empty one, as for one of no specified kind.
pub fn kind_of(nal: &[u8]) -> u8 {
    nal.first().map_or(0, |head| head & 0x1f)
}

/// Returns the NAL units of a stream with start codes, without the zeros behind each.
pub fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(stream);
    std::iter::from_fn(move || {
        loop {
            let here = rest?;
            let end = here.windows(3).position(|bytes| bytes == [0, 0, 1]).unwrap_or(here.len());
            rest = here.get(end + 3..);
            let length = here[..end].iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            if length > 0 {
                return Some(&here[..length]);
            }
        }
    })
}

fn after_start_code(stream: &[u8]) -> Option<&[u8]> {
    let at = stream.windows(3).position(|bytes| bytes == [0, 0, 1])?;
    stream.get(at + 3..)
}

/// Returns the NAL units of a stream with lengths of four bytes; it ends where a length is wrong.
pub fn prefixed_units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let (nal, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = behind;
        Some(nal)
    })
}

/// Appends a stream with start codes as one with lengths of four bytes.
pub fn prefix(stream: &[u8], out: &mut Vec<u8>) {
    for nal in units(stream) {
        out.extend_from_slice(&(nal.len() as u32).to_be_bytes());
        out.extend_from_slice(nal);
    }
}

/// What a sequence parameter set says (ITU-T H.264, 7.3.2.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sps {
    /// Number of the set, 0 to 31.
    pub id: u8,
    /// 66 Baseline, 77 Main, 100 High.
    pub profile: u8,
    /// Pixels, cropped as a player shows them. At least 1, at most 16 384.
    pub width: u32,
    pub height: u32,
    /// 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    chroma: u8,
    /// Bits of a sample of brightness and of colour, less 8.
    depths: [u8; 2],
}

/// Width and height in blocks of 16 pixels that are believed.
const MOST_BLOCKS: u32 = 1024;

/// Reads a sequence parameter set. `None` for any other NAL unit, and for one that is cut or makes no sense.
pub fn sps(nal: &[u8]) -> Option<Sps> {
    if kind_of(nal) != kind::SPS {
        return None;
    }
    // Neither ends a NAL unit with a zero nor does it hold a start code (7.4.1): in a stream of bytes it would be read as another.
    if nal.ends_with(&[0]) || nal.windows(3).any(|three| matches!(three, [0, 0, 0 | 1])) {
        return None;
    }
    let profile = *nal.get(1)?;
    let payload = payload(nal.get(4..)?);
    let mut bits = Bits { bytes: &payload, at: 0 };
    let id = u8::try_from(bits.number()?).ok().filter(|id| *id < 32)?;
    let (mut chroma, mut depths) = (1, [0, 0]);
    if [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].contains(&profile) {
        chroma = u8::try_from(bits.number()?).ok().filter(|chroma| *chroma <= 3)?;
        if chroma == 3 {
            bits.bit()?;
        }
        for depth in &mut depths {
            *depth = u8::try_from(bits.number()?).ok().filter(|depth| *depth <= 6)?;
        }
        bits.bit()?;
        if bits.bit()? {
            for list in 0..if chroma == 3 { 12 } else { 8 } {
                if bits.bit()? {
                    bits.skip_scaling_list(if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.number()?;
    match bits.number()? {
        0 => _ = bits.number()?,
        1 => {
            bits.bit()?;
            bits.number()?;
            bits.number()?;
            for _ in 0..bits.number().filter(|frames| *frames <= 255)? {
                bits.number()?;
            }
        }
        2 => {}
        _ => return None,
    }
    bits.number()?;
    bits.bit()?;
    let blocks = |number: u32| number.checked_add(1).filter(|blocks| *blocks <= MOST_BLOCKS);
    let (columns, rows) = (blocks(bits.number()?)?, blocks(bits.number()?)?);
    let fields = u32::from(!bits.bit()?) + 1;
    if fields == 2 {
        bits.bit()?;
    }
    bits.bit()?;
    let mut cropped = [0; 4];
    if bits.bit()? {
        for side in &mut cropped {
            *side = bits.number()?;
        }
    }
    let (across, down) = (if matches!(chroma, 1 | 2) { 2 } else { 1 }, if chroma == 1 { 2 } else { 1 });
    let [left, right, top, bottom] = cropped;
    let shown = |blocks: u32, crop: [u32; 2], unit: u32| {
        let crop = crop[0].checked_add(crop[1])?.checked_mul(unit)?;
        (16 * blocks).checked_sub(crop).filter(|side| (1..=16 * MOST_BLOCKS).contains(side))
    };
    let width = shown(columns, [left, right], across)?;
    let height = shown(rows.checked_mul(fields)?, [top, bottom], down * fields)?;
    Some(Sps { id, profile, width, height, chroma, depths })
}

/// Returns the number of a PPS, 0 to 255; `None` for any other NAL unit.
pub fn pps_id(nal: &[u8]) -> Option<u8> {
    if kind_of(nal) != kind::PPS {
        return None;
    }
    let payload = payload(nal.get(1..9.min(nal.len()))?);
    Bits { bytes: &payload, at: 0 }.number().and_then(|id| u8::try_from(id).ok())
}

/// Returns whether a slice is the first of its frame; `None` for what is no slice.
pub fn is_first_slice(nal: &[u8]) -> Option<bool> {
    // The number of the first block is 0, coded as a single one.
    matches!(kind_of(nal), kind::SLICE | kind::IDR).then(|| nal.get(1).is_some_and(|byte| byte & 0x80 != 0))
}

/// Returns the size of the first sequence parameter set among these NAL units, in pixels.
pub fn size<'a>(mut nals: impl Iterator<Item = &'a [u8]>) -> Option<(u32, u32)> {
    nals.find_map(sps).map(|sps| (sps.width, sps.height))
}

/// The parameter sets among these NAL units as containers hold them (ISO/IEC 14496-15, 5.3.3.1).
///
/// With no sets among them it says that there are none, and that lengths have four bytes: decoders then take the sets out
/// of the stream.
pub fn configuration<'a>(nals: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let (mut of_sequence, mut of_frames) = (Vec::new(), Vec::new());
    for nal in nals.filter(|nal| nal.len() <= usize::from(u16::MAX)) {
        match kind_of(nal) {
            kind::SPS if of_sequence.len() < 31 && sps(nal).is_some() => of_sequence.push(nal),
            kind::PPS if of_frames.len() < 255 => of_frames.push(nal),
            _ => {}
        }
    }
    let head = of_sequence.first().and_then(|nal| nal.get(1..4)).unwrap_or(&[66, 0xc0, 31]);
    let mut out = vec![1, head[0], head[1], head[2], 0xff, 0xe0 | of_sequence.len() as u8];
    let sets = |out: &mut Vec<u8>, sets: &[&[u8]]| {
        for set in sets {
            out.extend_from_slice(&(set.len() as u16).to_be_bytes());
            out.extend_from_slice(set);
        }
    };
    sets(&mut out, &of_sequence);
    out.push(of_frames.len() as u8);
    sets(&mut out, &of_frames);
    if let Some(sps) = of_sequence.first().and_then(|nal| sps(nal)).filter(|sps| ![66, 77, 88].contains(&sps.profile)) {
        let [luma, colour] = sps.depths;
        out.extend_from_slice(&[0xfc | sps.chroma, 0xf8 | luma, 0xf8 | colour, 0]);
    }
    out
}

/// The bytes without the threes that keep start codes from appearing in them (7.4.1.1).
fn payload(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != 3 || at < 2 || bytes[at - 2..at] != [0, 0] {
            out.push(*byte);
        }
    }
    out
}

/// Reads bits, the highest of each byte first. `None` at the end.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<bool> {
        let bit = self.bytes.get(self.at / 8)? >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    /// An unsigned number as Exp-Golomb code (9.1); `None` where it needs more than 32 bits.
    fn number(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let mut value = 1u32;
        for _ in 0..zeros {
            value = value << 1 | u32::from(self.bit()?);
        }
        Some(value - 1)
    }

    fn skip_scaling_list(&mut self, length: u32) -> Option<()> {
        let (mut last, mut next) = (8i64, 8i64);
        for _ in 0..length {
            if next != 0 {
                let code = i64::from(self.number()?);
                let delta = if code % 2 == 1 { (code + 1) / 2 } else { -(code / 2) };
                next = (last + delta).rem_euclid(256);
            }
            if next != 0 {
                last = next;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Parameter sets made by x264 0.164: 640x480, and 640x360 that is cropped from 640x368, both Constrained Baseline; 854x480
    /// and, in fields, 640x480 as High.
    const VGA: &[u8] = b"\x67\x42\xc0\x1e\xda\x02\x80\xf6\xc0\x44\0\0\x03\0\x04\0\0\x03\0\xf2\x3c\x58\xba\x80";
    const WIDE: &[u8] = b"\x67\x42\xc0\x1e\xda\x02\x80\xbf\xe5\xc0\x44\0\0\x03\0\x04\0\0\x03\0\xf2\x3c\x58\xba\x80";
    const HIGH: &[u8] = b"\x67\x64\0\x1f\xac\xb6\x06\xc1\xef\x37\x80\x88\0\0\x03\0\x08\0\0\x03\x01\xe4\x78\xc1\x97";
    const FIELDS: &[u8] = b"\x67\x64\0\x1e\xac\xd9\x40\xa0\x7b\x60\x22\0\0\x03\0\x02\0\0\x03\0\x78\x3e\x28\x53\x2c";
    const PPS: &[u8] = b"\x68\xce\x0f\xc8";

    #[test]
    fn a_stream_is_cut_at_start_codes_of_three_and_four_bytes() {
        let stream = [0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 0, 1, 0x65, 3, 0, 0];
        let nals: Vec<_> = units(&stream).collect();
        assert_eq!(nals, [&[0x67, 1][..], &[0x68, 2], &[0x65, 3]]);
        assert_eq!(units(&[]).count() + units(&[0, 0, 1]).count() + units(&[1, 2, 3]).count(), 0);
        let mut prefixed = Vec::new();
        prefix(&stream, &mut prefixed);
        assert_eq!(prefixed_units(&prefixed).collect::<Vec<_>>(), nals);
        assert_eq!(prefixed_units(&prefixed[..prefixed.len() - 1]).count(), 2, "the last is cut");
    }

    #[test]
    fn a_parameter_set_tells_its_size() {
        let told = |nal| sps(nal).map(|sps| (sps.id, sps.profile, sps.width, sps.height));
        assert_eq!(told(VGA), Some((0, 66, 640, 480)));
        assert_eq!(told(WIDE), Some((0, 66, 640, 360)));
        assert_eq!(told(HIGH), Some((0, 100, 854, 480)));
        assert_eq!(told(FIELDS), Some((0, 100, 640, 480)));
        for length in 0..8 {
            assert_eq!(told(&VGA[..length]), None, "{length} bytes");
        }
        assert_eq!(told(PPS), None, "another kind");
    }

    #[test]
    fn a_configuration_holds_the_sets_or_says_that_they_are_in_the_stream() {
        let made = configuration([VGA, PPS, &[0x65, 1]].into_iter());
        assert_eq!(made, [b"\x01\x42\xc0\x1e\xff\xe1\0\x18", VGA, b"\x01\0\x04", PPS].concat());
        let high = configuration([HIGH, PPS].into_iter());
        assert_eq!(high[high.len() - 4..], [0xfd, 0xf8, 0xf8, 0], "4:2:0, 8 bits");
        assert_eq!(configuration(std::iter::empty()), [1, 66, 0xc0, 31, 0xff, 0xe0, 0]);
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_never_make_a_size_that_is_out_of_range(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            profile in prop::sample::select(vec![66u8, 77, 100, 110, 122, 244]),
        ) {
            for head in [kind::SPS, kind::PPS, kind::IDR] {
                let nal = [&[head, profile][..], &bytes].concat();
                if let Some(sps) = sps(&nal) {
                    prop_assert!((1..=16_384).contains(&sps.width) && (1..=16_384).contains(&sps.height));
                }
                let _ = (pps_id(&nal), is_first_slice(&nal), configuration([nal.as_slice()].into_iter()));
            }
            let mut prefixed = Vec::new();
            prefix(&bytes, &mut prefixed);
            prop_assert_eq!(prefixed_units(&prefixed).count(), units(&bytes).count());
            let _ = prefixed_units(&bytes).count();
        }
    }
}
