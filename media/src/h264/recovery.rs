//! Where decoding of H.264 can begin without an IDR frame: at a recovery point, from which a stream that refreshes its
//! frames piece by piece becomes whole again (ITU-T H.264, D.2.8).
//!
//! Frames between a recovery point and the moment it speaks of show remains of what was lost. A decoder that is begun there
//! gives none of them out, one that goes on does. So the unit at which a stream is taken up again after a loss says so in a
//! message of its own, which is recorded with it: who decodes the recording begins anew at the same unit.

use super::{START_CODE, kind, kind_of, payload, units};
use bytes::Bytes;

/// Kinds of messages (ITU-T H.264, D.1).
const UNREGISTERED: usize = 5;
const RECOVERY_POINT: usize = 6;

/// Identifies the message that says that units are missing in front of this one.
const MISSING: [u8; 16] = *b"units missing \xc0\x01";

/// Returns whether an SEI unit says that frames become whole from here on; false for any other NAL unit.
pub fn is_recovery_point(nal: &[u8]) -> bool {
    holds(nal, |kind, _| kind == RECOVERY_POINT)
}

/// Returns whether decoding of an access unit with start codes must begin anew, because units in front of it are missing and it
/// is a recovery point.
pub fn begins_anew(unit: &[u8]) -> bool {
    heads(unit).any(|nal| holds(nal, |kind, body| kind == UNREGISTERED && body == MISSING))
}

/// Returns the unit at which a stream goes on after a loss, with a message that says so where it is a recovery point. IDR
/// frames, units that begin anew already and units of other codings come back as they are.
pub fn resuming(unit: Bytes) -> Bytes {
    let is_recovery = unit.starts_with(&START_CODE) && heads(&unit).any(is_recovery_point);
    if !is_recovery || units(&unit).any(|nal| kind_of(nal) == kind::IDR) || begins_anew(&unit) {
        return unit;
    }
    // A delimiter is the first of its unit.
    let first = units(&unit).next().filter(|nal| kind_of(nal) == kind::DELIMITER).map_or(0, |nal| nal.len() + 4);
    let (front, rest) = unit.split_at(first);
    let head = [kind::SEI, UNREGISTERED as u8, MISSING.len() as u8];
    [front, &START_CODE, &head, &MISSING, &[0x80], rest].concat().into()
}

/// Returns the NAL units in front of the first slice.
fn heads(unit: &[u8]) -> impl Iterator<Item = &[u8]> {
    units(unit).take_while(|nal| !(kind::SLICE..=kind::IDR).contains(&kind_of(nal)))
}

/// Returns whether one of the messages of an SEI unit is as wanted (7.3.2.3.1). What follows a message that is cut is no message.
fn holds(nal: &[u8], is_wanted: impl Fn(usize, &[u8]) -> bool) -> bool {
    if kind_of(nal) != kind::SEI {
        return false;
    }
    let payload = payload(&nal[1..]);
    let mut rest = &payload[..];
    // The last byte ends the unit.
    while rest.len() > 2 {
        let (Some(kind), Some(length)) = (number(&mut rest), number(&mut rest)) else { return false };
        let Some((body, behind)) = rest.split_at_checked(length) else { return false };
        if is_wanted(kind, body) {
            return true;
        }
        rest = behind;
    }
    false
}

/// Reads a number of a message's head: bytes of 255, each of which counts, and the rest.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let full = bytes.iter().position(|byte| *byte != 0xff)?;
    let number = 255 * full + usize::from(bytes[full]);
    *bytes = &bytes[full + 1..];
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As x264 0.164 writes it with `intra-refresh=1`: whole after 38 frames.
    const RECOVERY: &[u8] = &[0x06, 0x06, 0x02, 0x04, 0xf1, 0x80];
    const P: &[u8] = &[0x41, 0x9a, 7, 8];

    fn unit(nals: &[&[u8]]) -> Bytes {
        nals.iter().flat_map(|nal| [&START_CODE, *nal].concat()).collect()
    }

    #[test]
    fn a_recovery_point_is_found_behind_other_messages_and_nowhere_else() {
        assert!(is_recovery_point(RECOVERY));
        let behind = [&[0x06, 0x05, 0xff, 0x01][..], &[7; 256], &RECOVERY[1..]].concat();
        assert!(is_recovery_point(&behind));
        for length in 0..RECOVERY.len() - 2 {
            assert!(!is_recovery_point(&RECOVERY[..length]), "{length} bytes");
        }
        assert!(!is_recovery_point(&[0x06, 0x05, 0x02, 0x06, 0x01, 0x80]) && !is_recovery_point(P));
    }

    #[test]
    fn only_a_recovery_point_is_marked_and_only_once() {
        let marked = resuming(unit(&[&[9, 0xf0], RECOVERY, P]));
        assert!(begins_anew(&marked) && !begins_anew(&unit(&[&[9, 0xf0], RECOVERY, P])));
        assert_eq!(units(&marked).map(kind_of).collect::<Vec<_>>(), [9, 6, 6, 1], "the delimiter stays in front");
        assert_eq!(resuming(marked.clone()), marked);
        for other in [unit(&[P]), unit(&[RECOVERY, &[0x65, 0x88, 1]]), Bytes::from_static(&[0x10, 2, 0, 0x9d, 1, 0x2a])]
        {
            assert_eq!(resuming(other.clone()), other);
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_what_is_marked_is_found(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let nal = [&[0x06][..], &bytes].concat();
            let _ = is_recovery_point(&nal);
            let resumed = resuming(unit(&[&nal, P]));
            prop_assert_eq!(begins_anew(&resumed), heads(&unit(&[&nal, P])).any(is_recovery_point));
        }
    }
}
