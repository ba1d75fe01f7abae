//! How a file is split into parts: of equal length but for the last, and few enough for S3.

use crate::objects::parts::PutPart;
use crate::store::uploads::Slot;

/// Usual length of a part, bytes: small enough to be sent again, above S3's minimum of 5 MiB.
const PART_BYTES: u64 = 8 << 20;
/// Largest number of parts of one object in S3.
const PARTS_MAX: u64 = 10_000;

/// The parts of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    bytes: u64,
    part_bytes: u64,
}

impl Plan {
    pub fn new(bytes: u64) -> Plan {
        Plan { bytes, part_bytes: PART_BYTES.max(bytes.div_ceil(PARTS_MAX)) }
    }

    /// Returns the plan as it was made when the slot was opened.
    pub fn of(slot: &Slot) -> Plan {
        let positive = |number: i64| u64::try_from(number).unwrap_or(0);
        Plan { bytes: positive(slot.bytes), part_bytes: positive(slot.part_bytes).max(1) }
    }

    /// Length of every part but the last, bytes.
    pub fn part_bytes(self) -> u64 {
        self.part_bytes
    }

    /// Number of parts.
    pub fn parts(self) -> u64 {
        self.bytes.div_ceil(self.part_bytes)
    }

    /// Returns the length of the part of this number, counted from 1; `None`: there is none.
    pub fn length(self, number: u16) -> Option<u64> {
        let before = u64::from(number.checked_sub(1)?) * self.part_bytes;
        self.bytes.checked_sub(before).filter(|&rest| rest > 0).map(|rest| rest.min(self.part_bytes))
    }

    /// Returns the first part that the store does not have, or has in another length.
    pub fn missing(self, stored: &[PutPart]) -> Option<u64> {
        let there = |n: u64| {
            stored.iter().any(|part| u64::from(part.number) == n && self.length(part.number) == Some(part.bytes))
        };
        // Stored parts are in order, so usually the first comparison succeeds.
        let in_order = stored
            .iter()
            .zip(1..)
            .take_while(|&(part, n)| u64::from(part.number) == n && self.length(part.number) == Some(part.bytes))
            .count() as u64;
        (in_order + 1..=self.parts()).find(|&n| !there(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn put(plan: Plan, numbers: impl IntoIterator<Item = u16>) -> Vec<PutPart> {
        numbers
            .into_iter()
            .map(|number| PutPart { number, bytes: plan.length(number).unwrap_or(1), crc64: None })
            .collect()
    }

    proptest! {
        #[test]
        fn the_parts_of_any_file_add_up_to_it(bytes in 1u64..=5 << 40) {
            let plan = Plan::new(bytes);
            prop_assert!(plan.parts() <= PARTS_MAX && plan.part_bytes() >= 5 << 20);
            let last = u16::try_from(plan.parts()).unwrap();
            let all = (u64::from(last) - 1) * plan.part_bytes() + plan.length(last).unwrap();
            prop_assert_eq!(all, bytes);
            prop_assert_eq!((plan.length(0), plan.length(last + 1)), (None, None));
        }
    }

    #[test]
    fn a_part_that_is_not_there_or_too_short_is_missing() {
        let plan = Plan::new(3 * PART_BYTES + 5);
        assert_eq!(plan.missing(&put(plan, [1, 2, 3, 4])), None);
        assert_eq!(plan.missing(&[]), Some(1));
        assert_eq!(plan.missing(&put(plan, [1, 3, 4])), Some(2));
        assert_eq!(plan.missing(&put(plan, [1, 2, 3])), Some(4));
        let mut short = put(plan, [1, 2, 3, 4]);
        short[2].bytes -= 1;
        assert_eq!(plan.missing(&short), Some(3));
        assert_eq!(plan.missing(&put(plan, [0, 1, 2, 3, 4, 5, 6])), None);
    }
}
