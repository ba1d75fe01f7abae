//! What can be read from an encoded packet without decoding it.

use bytes::Bytes;

/// Samples per second of the Opus clock, whatever rate the sender captured at (RFC 6716).
pub const OPUS_HZ: u32 = 48_000;

/// Reads whether a VP8 frame is a key frame, and its size when it is (RFC 6386, section 9.1).
///
/// Returns `None` for bytes that cannot be a VP8 frame.
pub fn vp8(frame: &[u8]) -> Option<Vp8> {
    let tag = frame.first_chunk::<3>()?;
    if tag[0] & 1 == 1 {
        return Some(Vp8 { key: None });
    }
    let head = frame.get(3..10)?;
    if head[..3] != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let (width, height) = (u16::from_le_bytes([head[3], head[4]]), u16::from_le_bytes([head[5], head[6]]));
    // The two upper bits are a scale that a player may apply.
    let (width, height) = (u32::from(width & 0x3fff), u32::from(height & 0x3fff));
    (width > 0 && height > 0).then_some(Vp8 { key: Some((width, height)) })
}

/// The head of a VP8 frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vp8 {
    /// Width and height of a key frame, pixels. `None` for a frame that depends on the previous ones.
    pub key: Option<(u32, u32)>,
}

/// Returns how many samples at 48 kHz an Opus packet holds (RFC 6716, section 3.1).
///
/// Returns `None` for bytes that cannot be an Opus packet: empty, no frames, or more than 120 ms.
pub fn opus_samples(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let config = toc >> 3;
    let frame = match config {
        0..=11 => [480, 960, 1920, 2880][usize::from(config % 4)],
        12..=15 => [480, 960][usize::from(config % 2)],
        _ => [120, 240, 480, 960][usize::from(config % 4)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0x3f),
    };
    (frames > 0 && frames * frame <= 5760).then_some(frames * frame)
}

/// Samples per second and channels of an MPEG audio frame (ISO/IEC 11172-3 section 2.4.2.3). `None` for other bytes.
pub fn mpeg_audio(frame: &[u8]) -> Option<(u32, u32)> {
    let head = frame.first_chunk::<4>()?;
    let (version, layer, sampling) = (head[1] >> 3 & 3, head[1] >> 1 & 3, usize::from(head[2] >> 2 & 3));
    if head[0] != 0xff || head[1] & 0xe0 != 0xe0 || version == 1 || layer == 0 {
        return None;
    }
    // MPEG-2 has half the rates of MPEG-1, MPEG-2.5 a quarter.
    let halves = match version {
        3 => 0,
        2 => 1,
        _ => 2,
    };
    let rate_hz = [44_100, 48_000, 32_000].get(sampling)? >> halves;
    Some((rate_hz, if head[3] >> 6 == 3 { 1 } else { 2 }))
}

/// The mark in the padding of every filler, which decoders ignore (RFC 6716, section 3.2.5).
const MARK: &[u8; 9] = b"coach-gap";

/// Returns silent Opus packets that fill `ms` milliseconds of a final recording, each with its start in milliseconds
/// after the first.
///
/// Browsers play audio without pauses and let the video drift away from it, so a recording for them has none. The mark
/// in a filler's padding tells it from audio ([`is_filler`]), and no filler is ever analyzed.
pub fn fillers(ms: i64) -> impl Iterator<Item = (i64, Bytes)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (toc, length) = match ms - at {
            20.. => (0xfb, 20),
            10.. => (0xf3, 10),
            5.. => (0xeb, 5),
            _ => return None,
        };
        // CELT fullband mono, one frame with padding; the two bytes of the frame itself decode to silence.
        let mut packet = vec![toc, 0x41, MARK.len() as u8, 0xff, 0xfe];
        packet.extend_from_slice(MARK);
        let begins = at;
        at += length;
        Some((begins, Bytes::from(packet)))
    })
}

/// Returns whether a packet is one of [`fillers`].
pub fn is_filler(packet: &[u8]) -> bool {
    packet.len() == 5 + MARK.len() && packet.ends_with(MARK) && packet[1] == 0x41
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vp8_key_frame_tells_its_size() {
        let head = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01, 0xff];
        assert_eq!(vp8(&head), Some(Vp8 { key: Some((640, 480)) }));
        assert_eq!(vp8(&[0x11, 0x02, 0x00]), Some(Vp8 { key: None }));
    }

    #[test]
    fn bytes_that_are_no_vp8_frame_are_refused() {
        for junk in [&[][..], &[0x10], &[0x10, 2, 0, 0x9d, 0x01], &[0x10, 2, 0, 1, 2, 3, 0, 0, 0, 0]] {
            assert_eq!(vp8(junk), None);
        }
    }

    #[test]
    fn an_opus_packet_tells_how_long_it_is() {
        assert_eq!(opus_samples(&[0x78, 0]), Some(960), "20 ms, what browsers send");
        assert_eq!(opus_samples(&[0x7b, 3]), Some(2880), "three frames");
        assert_eq!(opus_samples(&[0x18]), Some(2880), "SILK, 60 ms");
        assert_eq!(opus_samples(&[0xe0]), Some(120), "2.5 ms");
    }

    #[test]
    fn a_frame_of_mpeg_audio_tells_its_rate_and_channels() {
        assert_eq!(mpeg_audio(&[0xff, 0xfb, 0x90, 0x64]), Some((44_100, 2)));
        assert_eq!(mpeg_audio(&[0xff, 0xf3, 0x54, 0xc4]), Some((24_000, 1)));
        for junk in [&[][..], &[0xff, 0xfb], &[0xff, 0xfb, 0x9c, 0], &[0xff, 0xeb, 0x90, 0], &[0, 0, 0, 0]] {
            assert_eq!(mpeg_audio(junk), None, "{junk:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_opus_packet_are_refused() {
        for junk in [&[][..], &[0x7b], &[0x7b, 0], &[0x7b, 63]] {
            assert_eq!(opus_samples(junk), None);
        }
    }

    #[test]
    fn fillers_fill_a_gap_to_within_five_milliseconds_and_are_known_for_what_they_are() {
        let all: Vec<_> = fillers(78).collect();
        assert_eq!(all.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 20, 40, 60, 70]);
        let length: u32 = all.iter().map(|(_, p)| opus_samples(p).unwrap()).sum();
        assert_eq!(length, 75 * 48);
        assert!(all.iter().all(|(_, p)| is_filler(p)));
        assert!(!is_filler(&[0xf8, 0xff, 0xfe]));
        assert_eq!(fillers(4).count() + fillers(-10).count(), 0);
    }
}
