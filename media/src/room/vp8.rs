//! The numbers in the payload descriptor of VP8 (RFC 7741, section 4.2), which count on over a change of the sender.

use bytes::{Bytes, BytesMut};

/// Where the numbers of a packet are, and what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// The PictureID: its offset in the payload, its value and the mask of its bits.
    frame: Option<(usize, u16, u16)>,
    /// TL0PICIDX: its offset in the payload and its value.
    base_layer: Option<(usize, u8)>,
}

/// What is added to the numbers of each packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shift {
    frame: u16,
    base_layer: u8,
}

/// Reads the numbers of a packet. A descriptor that is cut has none.
pub fn numbers(payload: &[u8]) -> Numbers {
    let mut numbers = Numbers::default();
    let (Some(first), Some(extension)) = (payload.first(), payload.get(1)) else { return numbers };
    if first & 0x80 == 0 {
        return numbers;
    }
    let mut at = 2;
    if extension & 0x80 != 0 {
        match (payload.get(2), payload.get(3)) {
            (Some(high), Some(low)) if high & 0x80 != 0 => {
                numbers.frame = Some((at, u16::from_be_bytes([high & 0x7f, *low]), 0x7fff));
                at += 2;
            }
            (Some(value), _) if value & 0x80 == 0 => {
                numbers.frame = Some((at, u16::from(*value), 0x7f));
                at += 1;
            }
            _ => return numbers,
        }
    }
    if extension & 0x40 != 0 {
        numbers.base_layer = payload.get(at).map(|value| (at, *value));
    }
    numbers
}

impl Numbers {
    /// Returns the shift by which these numbers follow `before`.
    pub fn following(self, before: Numbers) -> Shift {
        let frame =
            self.frame.zip(before.frame).map(|((_, value, _), (_, last, _))| last.wrapping_add(1).wrapping_sub(value));
        let base_layer = self
            .base_layer
            .zip(before.base_layer)
            .map(|((_, value), (_, last))| last.wrapping_add(1).wrapping_sub(value));
        Shift { frame: frame.unwrap_or_default(), base_layer: base_layer.unwrap_or_default() }
    }
}

impl Shift {
    /// Returns the payload with its numbers shifted. It is copied only where a number changes.
    pub fn apply(self, payload: &Bytes) -> Bytes {
        if self == Shift::default() {
            return payload.clone();
        }
        let numbers = numbers(payload);
        let mut out = BytesMut::from(&payload[..]);
        if let Some((at, value, mask)) = numbers.frame {
            let value = value.wrapping_add(self.frame) & mask;
            if mask == 0x7f {
                out[at] = value as u8;
            } else {
                out[at..at + 2].copy_from_slice(&(value | 0x8000).to_be_bytes());
            }
        }
        if let Some((at, value)) = numbers.base_layer {
            out[at] = value.wrapping_add(self.base_layer);
        }
        out.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_both_widths_count_on_and_the_rest_of_the_packet_stays() {
        let before = numbers(&[0x90, 0xc0, 0xff, 0xff, 250, 1]);
        let payload = Bytes::from_static(&[0x90, 0xe0, 0x80, 0x05, 7, 0x20, 42, 43]);
        let out = numbers(&payload).following(before).apply(&payload);
        assert_eq!(out[..], [0x90, 0xe0, 0x80, 0x00, 251, 0x20, 42, 43]);
        let narrow = Bytes::from_static(&[0x90, 0x80, 0x7f, 42]);
        let out = numbers(&narrow).following(numbers(&[0x90, 0x80, 0x10, 1])).apply(&narrow);
        assert_eq!(out[..], [0x90, 0x80, 0x11, 42]);
        let none = Bytes::from_static(&[0x10, 42]);
        assert_eq!(numbers(&none).following(before).apply(&none), none);
    }

    proptest! {
        #[test]
        fn any_bytes_keep_their_length_and_lose_nothing_without_a_shift(payload: Vec<u8>, before: Vec<u8>) {
            let payload = Bytes::from(payload);
            let shift = numbers(&payload).following(numbers(&before));
            prop_assert_eq!(shift.apply(&payload).len(), payload.len());
            prop_assert_eq!(Shift::default().apply(&payload), payload);
        }
    }
}
