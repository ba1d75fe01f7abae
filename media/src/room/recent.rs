//! Which packets of a stream have come before: senders repeat lost ones, and a viewer needs each once.

/// How far behind the newest packet another may come, in packets.
const REACH: u16 = 1024;

/// The sequence numbers that came lately.
#[derive(Debug)]
pub struct Recent {
    newest: Option<u16>,
    /// One bit for each of the last [`REACH`] numbers, at the number modulo [`REACH`].
    came: [u64; REACH as usize / 64],
}

impl Recent {
    pub fn new() -> Recent {
        Recent { newest: None, came: [0; REACH as usize / 64] }
    }

    /// Takes note of a packet. Returns whether it comes for the first time and is at most [`REACH`] behind the newest.
    pub fn is_new(&mut self, sequence: u16) -> bool {
        let newest = *self.newest.get_or_insert(sequence.wrapping_sub(1));
        let ahead = sequence.wrapping_sub(newest);
        if ahead == 0 || ahead >= 0x8000 {
            let behind = newest.wrapping_sub(sequence);
            return behind < REACH && !self.set(sequence);
        }
        for skipped in 1..=ahead.min(REACH) {
            self.clear(sequence.wrapping_sub(skipped).wrapping_add(1));
        }
        self.newest = Some(sequence);
        !self.set(sequence)
    }

    /// Sets the bit of a number. Returns whether it was set.
    fn set(&mut self, sequence: u16) -> bool {
        let (word, bit) = place(sequence);
        let before = self.came[word] & bit != 0;
        self.came[word] |= bit;
        before
    }

    fn clear(&mut self, sequence: u16) {
        let (word, bit) = place(sequence);
        self.came[word] &= !bit;
    }
}

fn place(sequence: u16) -> (usize, u64) {
    let at = sequence % REACH;
    (usize::from(at / 64), 1 << (at % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn a_packet_is_new_once_also_late_and_across_the_end_of_the_numbers() {
        let mut recent = Recent::new();
        for sequence in [65_533, 65_534, 1, 0] {
            assert!(recent.is_new(sequence), "{sequence}");
        }
        for sequence in [65_533, 65_534, 1, 0] {
            assert!(!recent.is_new(sequence), "{sequence}");
        }
        assert!(recent.is_new(65_535), "it was lost and comes late");
        assert!(recent.is_new(2000) && !recent.is_new(500), "too far behind to know");
        assert!(recent.is_new(1500));
    }

    proptest! {
        #[test]
        fn of_packets_in_any_order_within_reach_each_is_new_once(start: u16, steps in prop::collection::vec(-300i32..300, 1..600)) {
            let (mut recent, mut known) = (Recent::new(), HashSet::new());
            let (mut at, mut newest) = (0i32, 0i32);
            prop_assert!(recent.is_new(start));
            known.insert(0);
            for step in steps {
                at = (at + step).max(newest - 1000).max(0);
                newest = newest.max(at);
                prop_assert_eq!(recent.is_new(start.wrapping_add(at as u16)), known.insert(at));
            }
        }
    }
}
