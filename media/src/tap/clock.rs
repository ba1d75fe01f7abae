//! Converts RTP time to the caller's clock. The anchor is the smallest difference between arrival and RTP time within
//! one second.

use super::alignment::Alignment;
use super::drift::Drift;
use std::time::Duration;

/// How long the first anchor is sought (ARCHITECTURE, invariant 2).
const FIRST: Duration = Duration::from_secs(1);
/// How long a new anchor is sought after the sender's clock stood still or jumped.
const AGAIN: Duration = Duration::from_millis(250);
/// The largest plausible difference between a stamp and its arrival, nanoseconds. A stamp that lags further, after a
/// silence as long, starts the search for a new anchor; so does a stamp that is further ahead of its arrival.
pub(super) const TOLERANCE_NS: i64 = 300_000_000;
/// A new anchor that is closer than this to the previous one is discarded: moving the anchor would cost the tracks
/// their common clock.
const SAME_NS: i64 = 100_000_000;
/// The largest distance, in seconds, between a report's RTP time and the latest packet's. A report further away is
/// about another stream; senders extrapolate while they have nothing to send.
const REACH_S: i64 = 10;
/// Ten years: the largest time in nanoseconds, so that a hostile clock causes no overflow.
const HORIZON_NS: i64 = 10 * 366 * 86_400 * 1_000_000_000;

/// The clock of one stream.
#[derive(Debug)]
pub struct Clock {
    rate_hz: i64,
    /// The last RTP time and its extension to 64 bits.
    last: Option<(u32, i64)>,
    last_arrival: Duration,
    anchor: Anchor,
    drift: Drift,
    alignment: Alignment,
}

#[derive(Debug, Clone, Copy)]
enum Anchor {
    Unset,
    Settling { until: Duration, smallest_ns: i64, before: Option<i64> },
    Set(i64),
}

impl Clock {
    /// Creates a clock of `rate_hz` ticks per second, without an anchor.
    pub fn new(rate_hz: i64) -> Clock {
        Clock {
            rate_hz,
            last: None,
            last_arrival: Duration::ZERO,
            anchor: Anchor::Unset,
            drift: Drift::default(),
            alignment: Alignment::default(),
        }
    }

    /// Takes the RTP time and the arrival of a packet. Packets are observed in the order of sending.
    pub fn observe(&mut self, timestamp: u32, arrival: Duration) {
        let ticks = self.extend(timestamp);
        self.last = Some((timestamp, ticks));
        let distance = ns(arrival) - self.rtp_ns(ticks);
        let silence = arrival.saturating_sub(self.last_arrival);
        self.last_arrival = self.last_arrival.max(arrival);
        match &mut self.anchor {
            Anchor::Unset => {
                self.anchor = Anchor::Settling { until: arrival + FIRST, smallest_ns: distance, before: None };
            }
            Anchor::Settling { smallest_ns, .. } => *smallest_ns = distance.min(*smallest_ns),
            Anchor::Set(anchor) => {
                // A slow network can make stamps lag for long, but only a clock that stood still makes them lag after a
                // silence; and nothing arrives before it was sent.
                let lag = distance - *anchor - self.alignment.since_anchor_ns();
                if lag < -TOLERANCE_NS || (lag > TOLERANCE_NS && ns(silence) > TOLERANCE_NS) {
                    self.anchor =
                        Anchor::Settling { until: arrival + AGAIN, smallest_ns: distance, before: Some(*anchor) };
                }
            }
        }
    }

    /// Takes a sender report: its wall clock at an RTP time. Returns whether it was used for the drift.
    pub fn report(&mut self, ntp: u64, timestamp: u32) -> bool {
        let Some((last, _)) = self.last else { return false };
        let away = i64::from(timestamp.wrapping_sub(last).cast_signed());
        away.abs() <= REACH_S * self.rate_hz && self.drift.report(ntp, self.unwrapped_ns(timestamp))
    }

    /// Returns how far the stream's clock has drifted from its sender's wall clock, nanoseconds. `None` until enough
    /// reports have come.
    pub fn drift_ns(&self) -> Option<i64> {
        self.drift.ns()
    }

    /// Sets the drift of this clock and of the audio's, which stamps are corrected by, nanoseconds.
    pub fn follow(&mut self, own_ns: i64, audio_ns: i64) {
        self.alignment.follow(own_ns, audio_ns);
    }

    /// Starts anew for a new sender of the stream, whose clock is unrelated to the previous one.
    pub fn restart(&mut self) {
        self.last = None;
        self.anchor = Anchor::Unset;
    }

    /// Ends the search for the anchor when its time is over at `now`.
    pub fn settle(&mut self, now: Duration) {
        if let Anchor::Settling { until, .. } = self.anchor
            && now >= until
        {
            self.settle_now();
        }
    }

    /// Ends the search for the anchor with the packets observed so far.
    pub fn settle_now(&mut self) {
        if let Anchor::Settling { smallest_ns, before, .. } = self.anchor {
            let expected = |before: &i64| before + self.alignment.since_anchor_ns();
            let kept = before.filter(|before| (smallest_ns - expected(before)).abs() < SAME_NS);
            self.anchor = Anchor::Set(kept.unwrap_or(smallest_ns));
            if kept.is_none() {
                self.alignment.anchored();
                self.drift.restart();
            }
        }
    }

    /// Returns when [`Clock::settle`] will end the search. `None`: nothing is sought.
    pub fn deadline(&self) -> Option<Duration> {
        if let Anchor::Settling { until, .. } = self.anchor { Some(until) } else { None }
    }

    /// Returns an RTP time without wrapping, nanoseconds on the sender's clock.
    pub fn unwrapped_ns(&self, timestamp: u32) -> i64 {
        self.rtp_ns(self.extend(timestamp))
    }

    /// Converts a time on the sender's clock to the caller's, nanoseconds. `None` while the anchor is sought. Times are
    /// converted in the order of sending.
    pub fn stamp_ns(&mut self, unwrapped_ns: i64) -> Option<i64> {
        let Anchor::Set(anchor) = self.anchor else { return None };
        Some(unwrapped_ns + anchor + self.alignment.correction_ns(unwrapped_ns))
    }

    /// Extends an RTP time to 64 bits, by its distance to the last one.
    fn extend(&self, timestamp: u32) -> i64 {
        match self.last {
            Some((last, ticks)) => ticks.saturating_add(i64::from(timestamp.wrapping_sub(last).cast_signed())),
            None => 0,
        }
    }

    fn rtp_ns(&self, ticks: i64) -> i64 {
        let ns = i128::from(ticks) * 1_000_000_000 / i128::from(self.rate_hz);
        ns.clamp(-i128::from(HORIZON_NS), i128::from(HORIZON_NS)) as i64
    }
}

/// Returns a duration in nanoseconds, at most `HORIZON_NS`.
pub fn ns(duration: Duration) -> i64 {
    duration.as_nanos().min(HORIZON_NS as u128) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: i64 = 1_000_000;

    fn ms(ms: i64) -> Duration {
        Duration::from_millis(ms as u64)
    }

    /// Observes a packet sent at `sent` ms and returns its stamp in ms.
    fn packet(clock: &mut Clock, sent: i64, arrival: i64) -> Option<i64> {
        let timestamp = (sent * 90) as u32;
        clock.observe(timestamp, ms(arrival));
        clock.settle(ms(arrival));
        clock.stamp_ns(clock.unwrapped_ns(timestamp)).map(|ns| ns / MS)
    }

    #[test]
    fn the_least_delayed_packet_of_the_first_second_is_the_anchor() {
        let mut clock = Clock::new(90_000);
        for (sent, delay) in [(0, 340), (33, 60), (66, 40), (100, 80)] {
            assert_eq!(packet(&mut clock, sent, 1000 + sent + delay), None);
        }
        assert_eq!(packet(&mut clock, 1700, 1000 + 1700 + 55), Some(1000 + 1700 + 40));
    }

    #[test]
    fn a_burst_after_a_stall_keeps_its_times() {
        let mut clock = Clock::new(90_000);
        for sent in (0..2000).step_by(20) {
            packet(&mut clock, sent, sent + 10);
        }
        let late: Vec<_> = (2000..3500).step_by(20).map(|sent| packet(&mut clock, sent, 3510)).collect();
        assert!(late.iter().all(Option::is_none), "held until it is known what happened");
        assert_eq!(packet(&mut clock, 3760, 3770), Some(3770));
        assert_eq!(clock.stamp_ns(clock.unwrapped_ns(2000 * 90)), Some(2010 * MS));
    }

    #[test]
    fn a_clock_that_stood_still_is_moved_to_where_it_goes_on() {
        let mut clock = Clock::new(90_000);
        for sent in (0..2000).step_by(20) {
            packet(&mut clock, sent, sent + 10);
        }
        // Ten seconds without a packet, after which the clock goes on as if no time had passed.
        for sent in (2000..2240).step_by(20) {
            assert_eq!(packet(&mut clock, sent, sent + 10_010), None);
        }
        assert_eq!(packet(&mut clock, 2260, 12_270), Some(12_270));
    }

    #[test]
    fn a_stamp_from_the_future_is_not_believed() {
        let mut clock = Clock::new(90_000);
        for sent in (0..2000).step_by(20) {
            packet(&mut clock, sent, sent + 10);
        }
        assert_eq!(packet(&mut clock, 9_000, 2010), None);
        assert_eq!(packet(&mut clock, 9_250, 2260), Some(2260));
    }

    #[test]
    fn a_clock_known_to_have_drifted_is_where_it_is_expected() {
        let mut clock = Clock::new(90_000);
        for sent in (0..2000).step_by(20) {
            packet(&mut clock, sent, sent + 10);
        }
        // In the hour that follows the clock gains 400 ms: without the reports its stamps would be ahead of their
        // arrival.
        clock.follow(-400 * MS, -400 * MS);
        assert_eq!(packet(&mut clock, 3_602_400, 3_602_010), Some(3_602_410));
    }

    #[test]
    fn a_report_of_a_time_far_from_the_packets_is_not_believed() {
        let mut clock = Clock::new(90_000);
        assert!(!clock.report(1 << 40, 0), "no packet came yet");
        packet(&mut clock, 100_000, 10);
        for (ms, believed) in [(80_000, false), (91_000, true), (109_000, true), (111_000, false)] {
            let ntp = (u64::from(ms) << 32) / 1000;
            assert_eq!(clock.report(ntp, ms * 90), believed, "{ms}");
        }
    }

    proptest! {
        #[test]
        fn the_wrap_of_the_rtp_time_is_not_seen(first: u32, steps in prop::collection::vec(1u32..100_000, 1..200)) {
            let (mut clock, mut timestamp, mut ticks) = (Clock::new(90_000), first, 0i64);
            clock.observe(first, Duration::ZERO);
            for step in steps {
                (timestamp, ticks) = (timestamp.wrapping_add(step), ticks + i64::from(step));
                prop_assert_eq!(clock.unwrapped_ns(timestamp), ticks * 1_000_000_000 / 90_000);
                clock.observe(timestamp, Duration::from_nanos((ticks * 1_000_000_000 / 90_000) as u64));
            }
        }

        #[test]
        fn no_clock_however_mad_gives_a_stamp_far_in_the_future(
            packets in prop::collection::vec((any::<u32>(), 0i64..2000), 1..300),
        ) {
            let (mut clock, mut now) = (Clock::new(48_000), 0);
            for (timestamp, later) in packets {
                now += later;
                clock.observe(timestamp, ms(now));
                clock.settle(ms(now));
                if let Some(stamp) = clock.stamp_ns(clock.unwrapped_ns(timestamp)) {
                    prop_assert!(stamp <= now * MS + TOLERANCE_NS + SAME_NS);
                }
            }
        }
    }
}
