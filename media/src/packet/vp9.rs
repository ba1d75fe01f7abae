//! The sizes that a VP9 unit asks its decoder for (VP9 bitstream specification 6.2 and annex B).

/// The largest of the frames in a unit that say their own size, width and height in pixels; `None`: none does, or it is no VP9.
pub fn vp9(unit: &[u8]) -> Option<(u32, u32)> {
    let mut largest: Option<(u32, u32)> = None;
    let mut look = |frame: &[u8]| {
        let found = size(frame);
        let pixels = |size: (u32, u32)| u64::from(size.0) * u64::from(size.1);
        if let Some(found) = found
            && largest.is_none_or(|before| pixels(before) < pixels(found))
        {
            largest = Some(found);
        }
    };
    match superframe(unit) {
        Some(frames) => frames.into_iter().for_each(&mut look),
        None => look(unit),
    }
    largest
}

/// The frames of a unit that holds several, by the index at its end.
fn superframe(unit: &[u8]) -> Option<Vec<&[u8]>> {
    let marker = *unit.last()?;
    if marker >> 5 != 0b110 {
        return None;
    }
    let (count, bytes) = (usize::from(marker & 7) + 1, usize::from(marker >> 3 & 3) + 1);
    let index = unit.len().checked_sub(2 + count * bytes)?;
    if unit[index] != marker {
        return None;
    }
    let mut rest = &unit[..index];
    let sizes = unit[index + 1..unit.len() - 1].chunks(bytes);
    let frames = sizes.map_while(|size| {
        let size = size.iter().rev().fold(0, |all, byte| all << 8 | usize::from(*byte));
        let (frame, after) = rest.split_at_checked(size)?;
        rest = after;
        Some(frame)
    });
    Some(frames.collect())
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let bit = self.bytes.get(self.at / 8)? >> (7 - self.at % 8) & 1;
            value = value << 1 | u32::from(bit);
            self.at += 1;
        }
        Some(value)
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.take(1)? == 1)
    }

    fn sync(&mut self) -> Option<()> {
        (self.take(24)? == 0x0049_8342).then_some(())
    }

    fn colours(&mut self, profile: u32) -> Option<()> {
        const RGB: u32 = 7;
        if profile >= 2 {
            self.take(1)?;
        }
        let odd = profile & 1 == 1;
        match (self.take(3)?, odd) {
            (RGB, true) => self.take(1),
            (RGB, false) => Some(0),
            (_, true) => self.take(4),
            (_, false) => self.take(1),
        }
        .map(drop)
    }

    fn size(&mut self) -> Option<(u32, u32)> {
        Some((self.take(16)? + 1, self.take(16)? + 1))
    }
}

/// The size in the head of one frame.
fn size(frame: &[u8]) -> Option<(u32, u32)> {
    let mut bits = Bits { bytes: frame, at: 0 };
    if bits.take(2)? != 2 {
        return None;
    }
    let profile = bits.take(1)? | bits.take(1)? << 1;
    if profile == 3 {
        bits.take(1)?;
    }
    let shows_another = bits.flag()?;
    if shows_another {
        return None;
    }
    let (key, shown, resilient) = (!bits.flag()?, bits.flag()?, bits.flag()?);
    if key {
        bits.sync()?;
        bits.colours(profile)?;
        return bits.size();
    }
    let intra = !shown && bits.flag()?;
    if !resilient {
        bits.take(2)?;
    }
    if intra {
        bits.sync()?;
        if profile > 0 {
            bits.colours(profile)?;
        }
        bits.take(8)?;
        return bits.size();
    }
    // Which frames are refreshed, and the three that are referred to.
    bits.take(8 + 3 * 4)?;
    for _ in 0..3 {
        let as_before = bits.flag()?;
        if as_before {
            return None;
        }
    }
    bits.size()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Profile 0, a key frame of 640 x 480 as libvpx writes it.
    const KEY: [u8; 10] = [0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0, 0x1d, 0xf6, 0x00];

    #[test]
    fn a_key_frame_tells_its_size_alone_or_hidden_among_others() {
        assert_eq!(vp9(&KEY), Some((640, 480)));
        // An inter frame that takes its size from the first one it refers to, then the key frame, then the index.
        let other = [0x86, 0x00, 0x00, 0x02];
        let index = [0xc1, other.len() as u8, KEY.len() as u8, 0xc1];
        assert_eq!(vp9(&other), None);
        assert_eq!(vp9(&[&other[..], &KEY, &index].concat()), Some((640, 480)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(unit in prop::collection::vec(any::<u8>(), 0..64)) {
            vp9(&unit);
        }
    }
}
