//! Puts packets in order. Duplicates and late packets are dropped; a missing packet is waited for up to a limit, then
//! it is lost.

use std::collections::BTreeMap;
use std::time::Duration;

/// How long a missing packet is waited for at most (ARCHITECTURE, invariant 2).
pub const HOLD: Duration = Duration::from_millis(200);
/// How long a missing packet of audio is waited for. Many senders do not retransmit audio, so this is long enough for
/// packets out of order and, where the sender does retransmit, for one round trip.
pub const HOLD_AUDIO: Duration = Duration::from_millis(80);
/// The most packets that wait: more than 200 ms of any accepted stream. Beyond it a missing packet is given up early,
/// so that memory is bounded.
const MAX_WAITING: usize = 2048;
/// A packet this far behind is not late: the sender may have restarted its count (RFC 3550, section A.1).
const RESTART_DISTANCE: i64 = 3000;
/// The number of consecutive packets that prove a restart of the count.
const RESTART_RUN: u16 = 5;

/// What comes next in the order of sending.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<T> {
    /// A packet and when it arrived.
    Packet(Duration, T),
    /// This many packets never arrived.
    Lost(u64),
}

/// Counts of packets that were not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    pub duplicates: u64,
    /// Packets that arrived after they had been given up; some are copies sent to probe the network.
    pub late: u64,
    pub lost: u64,
}

/// The reorder buffer of one stream.
#[derive(Debug)]
pub struct Reorder<T> {
    hold: Duration,
    /// The extended number to hand out next; `None` before the first packet.
    next: Option<i64>,
    /// The highest extended number, and its 16 bits in the packet.
    highest: (i64, u16),
    waiting: BTreeMap<i64, (Duration, T)>,
    /// Since when a missing packet has been known.
    missing_since: Option<Duration>,
    /// The number that would continue a possible restart, and how many consecutive ones came already.
    restart: Option<(u16, u16)>,
    counters: Counters,
}

impl<T> Reorder<T> {
    /// Creates a buffer that waits this long for a missing packet.
    pub fn new(hold: Duration) -> Reorder<T> {
        Reorder {
            hold,
            next: None,
            highest: (0, 0),
            waiting: BTreeMap::new(),
            missing_since: None,
            restart: None,
            counters: Counters::default(),
        }
    }

    /// Takes a packet in the order of arrival. [`Reorder::pop`] is to be called until it returns `None` afterwards.
    pub fn push(&mut self, sequence: u16, arrival: Duration, packet: T) {
        let (highest, on_wire) = self.highest;
        let Some(next) = self.next else {
            // The count starts high, so that extended numbers never become negative.
            self.highest = (1 << 32, sequence);
            self.next = Some(1 << 32);
            self.waiting.insert(1 << 32, (arrival, packet));
            return;
        };
        let mut extended = highest + i64::from(sequence.wrapping_sub(on_wire).cast_signed());
        if next - extended > RESTART_DISTANCE && self.restarts(sequence) {
            // How many packets were sent in between is unknown: at least one counts as lost.
            extended = highest + 2;
        } else if extended < next {
            self.counters.late += 1;
            return;
        }
        if self.waiting.contains_key(&extended) {
            self.counters.duplicates += 1;
            return;
        }
        if extended > highest {
            self.highest = (extended, sequence);
        }
        self.waiting.insert(extended, (arrival, packet));
        if self.missing_since.is_none() && !self.waiting.contains_key(&next) {
            self.missing_since = Some(arrival);
        }
    }

    /// Returns what comes next. `None`: nothing is there, or a missing packet is still waited for.
    pub fn pop(&mut self, now: Duration) -> Option<Next<T>> {
        let next = self.next?;
        let head = *self.waiting.first_key_value()?.0;
        if head > next {
            let due = self.missing_since.is_none_or(|since| now.saturating_sub(since) >= self.hold);
            if !due && self.waiting.len() <= MAX_WAITING {
                return None;
            }
            self.next = Some(head);
            self.counters.lost += head.abs_diff(next);
            return Some(Next::Lost(head.abs_diff(next)));
        }
        let (_, (arrival, packet)) = self.waiting.pop_first()?;
        self.next = Some(head + 1);
        let whole = self.waiting.first_key_value().is_none_or(|(&behind, _)| behind == head + 1);
        self.missing_since = if whole { None } else { self.waiting.values().map(|(arrival, _)| *arrival).min() };
        Some(Next::Packet(arrival, packet))
    }

    /// Returns when [`Reorder::pop`] will give a missing packet up, if it does not arrive before.
    pub fn deadline(&self) -> Option<Duration> {
        self.missing_since.map(|since| since + self.hold)
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Returns whether this number proves that the sender has restarted its count.
    fn restarts(&mut self, sequence: u16) -> bool {
        let run = match self.restart {
            Some((expected, run)) if expected == sequence => run + 1,
            _ => 1,
        };
        self.restart = (run < RESTART_RUN).then_some((sequence.wrapping_add(1), run));
        run >= RESTART_RUN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn drain(buffer: &mut Reorder<u64>, now: Duration) -> Vec<Next<u64>> {
        std::iter::from_fn(|| buffer.pop(now)).collect()
    }

    #[test]
    fn a_gap_is_waited_for_200_ms_after_it_was_noticed_and_not_longer() {
        let mut buffer = Reorder::new(HOLD);
        buffer.push(10, ms(0), 10);
        assert_eq!(drain(&mut buffer, ms(0)), [Next::Packet(ms(0), 10)]);
        buffer.push(13, ms(5), 13);
        buffer.push(12, ms(190), 12);
        assert_eq!(drain(&mut buffer, ms(204)), []);
        assert_eq!(buffer.deadline(), Some(ms(205)));
        let out = drain(&mut buffer, ms(205));
        assert_eq!(out, [Next::Lost(1), Next::Packet(ms(190), 12), Next::Packet(ms(5), 13)]);
        buffer.push(11, ms(206), 11);
        assert_eq!((drain(&mut buffer, ms(500)), buffer.counters().late), (vec![], 1));
    }

    #[test]
    fn a_sender_that_counts_anew_is_followed_after_five_packets_in_a_row() {
        let mut buffer = Reorder::new(HOLD);
        for n in 0..10u16 {
            buffer.push(40_000 + n, ms(0), 0);
        }
        drain(&mut buffer, ms(0));
        for n in 0..10u16 {
            buffer.push(20_000 + n, ms(1), 1);
        }
        let out = drain(&mut buffer, ms(300));
        assert_eq!(out.iter().filter(|next| matches!(next, Next::Packet(_, 1))).count(), 6);
        assert_eq!(buffer.counters().lost, 1);
    }

    proptest! {
        #[test]
        fn what_arrives_within_the_hold_comes_out_once_and_in_order(
            first: u16,
            delays in prop::collection::vec((0u64..190, prop::bool::weighted(0.1)), 1..300),
        ) {
            // Packet n is sent at 5 n ms; some are sent twice.
            let mut arrivals: Vec<(u64, u64)> = Vec::new();
            for (n, &(delay, twice)) in delays.iter().enumerate() {
                let n = n as u64;
                // The first packet opens the stream, so nothing may overtake it.
                arrivals.push((if n == 0 { 0 } else { 5 * n + delay }, n));
                if twice {
                    arrivals.push((5 * n + 195, n));
                }
            }
            arrivals.sort();
            let mut buffer = Reorder::new(HOLD);
            let mut out = Vec::new();
            for &(at, n) in &arrivals {
                out.extend(drain(&mut buffer, ms(at)));
                buffer.push(first.wrapping_add(n as u16), ms(at), n);
                out.extend(drain(&mut buffer, ms(at)));
            }
            let got: Vec<u64> = out.iter().filter_map(|next| match next {
                Next::Packet(_, n) => Some(*n),
                Next::Lost(_) => None,
            }).collect();
            prop_assert_eq!(got, (0..delays.len() as u64).collect::<Vec<_>>());
        }

        #[test]
        fn whatever_is_lost_the_rest_keeps_its_order_and_every_packet_is_accounted_for(
            first: u16,
            kept in prop::collection::vec(prop::bool::weighted(0.8), 2..400),
        ) {
            let mut buffer = Reorder::new(HOLD);
            let (mut got, mut lost) = (Vec::new(), 0);
            let mut count = |next: Next<u64>| match next {
                Next::Packet(_, n) => got.push(n),
                Next::Lost(n) => lost += n,
            };
            let sent: Vec<u64> = (0..kept.len() as u64).filter(|&n| n == 0 || kept[n as usize]).collect();
            for &n in &sent {
                buffer.push(first.wrapping_add(n as u16), ms(n), n);
                drain(&mut buffer, ms(n)).into_iter().for_each(&mut count);
            }
            drain(&mut buffer, ms(10_000)).into_iter().for_each(&mut count);
            prop_assert_eq!(&got, &sent);
            prop_assert_eq!(lost, sent.last().unwrap() + 1 - sent.len() as u64);
        }

        #[test]
        fn hostile_numbers_never_panic_and_memory_stays_bounded(
            packets in prop::collection::vec((any::<u16>(), 0u64..50), 0..3000),
        ) {
            let (mut buffer, mut now) = (Reorder::new(HOLD), 0);
            for (sequence, later) in packets {
                now += later;
                buffer.push(sequence, ms(now), 0);
                drain(&mut buffer, ms(now));
                prop_assert!(buffer.waiting.len() <= MAX_WAITING + 1);
            }
        }
    }
}
