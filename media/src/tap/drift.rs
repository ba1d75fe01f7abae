//! Measures how far one stream's clock has drifted from its sender's wall clock, by sender reports (RFC 3550, section
//! 6.4.1).
//!
//! A report gives one moment on both clocks, so wall clock minus RTP time grows by the time that the stream's clock
//! loses. The median of five reports is used: browsers stamp audio when they process it, up to 20 ms late.

use super::clock::TOLERANCE_NS;

/// The clocks of a sender at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    pub ssrc: u32,
    /// The sender's wall clock in units of 2^-32 s since 1900; 0 when it has none.
    pub ntp: u64,
    /// The stream's RTP time at that moment.
    pub rtp: u32,
}

/// The number of reports whose median is used: two wrong ones among them change nothing.
const WINDOW: usize = 5;
/// The number of consecutive reports that must agree on another time before it is accepted: the wall clock was set.
const AGREED: usize = 3;
/// The drift follows the reports by at most one part in this many of the time between them: 500 ppm. No usable clock is
/// further off.
pub const STEEPEST: i64 = 2000;

/// The drift of one stream.
#[derive(Debug, Default)]
pub struct Drift {
    /// The first report, to which all others are compared: wall clock and RTP time.
    first: Option<(u64, i64)>,
    /// The RTP time of the latest report, nanoseconds.
    latest_ns: Option<i64>,
    /// The changes of wall clock minus RTP time in the latest reports, nanoseconds.
    changes_ns: [i64; WINDOW],
    count: usize,
    /// The change at which the drift was zero, nanoseconds.
    zero_ns: Option<i64>,
    /// The latest report that did not fit, and how many consecutive ones agreed with it.
    stray: Option<(i64, usize)>,
    drift_ns: Option<i64>,
}

impl Drift {
    /// Takes a report: a wall clock and an RTP time in nanoseconds that does not wrap. Returns whether the report was
    /// used.
    pub fn report(&mut self, ntp: u64, rtp_ns: i64) -> bool {
        // The wall clock may be set back, so only the RTP time tells the order of reports.
        if ntp == 0 || self.latest_ns.is_some_and(|latest| rtp_ns <= latest) {
            return false;
        }
        let passed = rtp_ns - self.latest_ns.replace(rtp_ns).unwrap_or(rtp_ns);
        let (first_ntp, first_ns) = *self.first.get_or_insert((ntp, rtp_ns));
        let change = nanoseconds(ntp.wrapping_sub(first_ntp).cast_signed()) - (rtp_ns - first_ns);
        if self.middle().is_some_and(|middle| (change - middle).abs() > TOLERANCE_NS) {
            self.strayed(change);
            return false;
        }
        self.stray = None;
        self.changes_ns[self.count % WINDOW] = change;
        self.count += 1;
        if self.count >= WINDOW
            && let Some(middle) = self.middle()
        {
            let drift = self.drift_ns.unwrap_or(0);
            let zero = *self.zero_ns.get_or_insert(middle - drift);
            let most = passed / STEEPEST;
            self.drift_ns = Some(drift + (middle - zero - drift).clamp(-most, most));
        }
        true
    }

    /// Starts anew after the stream's clock or its anchor changed. The drift keeps its value and changes from there.
    pub fn restart(&mut self) {
        *self = Drift { drift_ns: self.drift_ns, ..Drift::default() };
    }

    /// Returns how much less time has passed on the stream's clock than on the sender's wall clock since the first five
    /// reports, nanoseconds. `None` before those.
    pub fn ns(&self) -> Option<i64> {
        self.drift_ns
    }

    /// Returns the median of the latest changes. `None`: there was no report yet.
    fn middle(&self) -> Option<i64> {
        let mut changes = self.changes_ns;
        let known = &mut changes[..self.count.min(WINDOW)];
        known.sort_unstable();
        known.get(known.len() / 2).copied()
    }

    /// Handles a report that is too far off to be drift. If the stream's clock stood still, a new anchor corrects it;
    /// if the wall clock was set, nothing needs correction. So the drift goes on from its value.
    fn strayed(&mut self, change: i64) {
        let agreed = match self.stray {
            Some((before, agreed)) if (change - before).abs() <= TOLERANCE_NS => agreed + 1,
            _ => 1,
        };
        self.stray = Some((change, agreed));
        if agreed >= AGREED {
            self.restart();
        }
    }
}

/// Converts units of 2^-32 s to nanoseconds.
fn nanoseconds(ntp: i64) -> i64 {
    ((i128::from(ntp) * 1_000_000_000) >> 32) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: i64 = 1_000_000;

    /// A wall clock that starts 100 s before the NTP era ends in 2036.
    fn ntp(ms: i64) -> u64 {
        (u64::MAX - (100 << 32)).wrapping_add((ms << 32).div_euclid(1000).cast_unsigned())
    }

    /// Takes the reports of these numbers, one every 5 s, of a stream whose clock runs 100 ppm fast.
    fn reports(drift: &mut Drift, numbers: std::ops::Range<i64>, wall: impl Fn(i64) -> u64) {
        for n in numbers {
            drift.report(wall(n * 5000), n * 5_000_500_000);
        }
    }

    fn is_near(drift: &Drift, ms: f64) -> bool {
        drift.ns().is_some_and(|ns| (ns as f64 / MS as f64 - ms).abs() < 0.01)
    }

    #[test]
    fn a_clock_that_is_fast_is_followed_as_soon_as_five_reports_have_come() {
        let mut drift = Drift::default();
        reports(&mut drift, 0..4, ntp);
        assert_eq!(drift.ns(), None);
        reports(&mut drift, 4..5, ntp);
        assert_eq!(drift.ns(), Some(0), "what was before is not known");
        reports(&mut drift, 5..121, ntp);
        assert!(is_near(&drift, -58.0), "0.5 ms for each of 116 reports: {drift:?}");
    }

    #[test]
    fn two_wrong_reports_among_five_change_nothing() {
        let (mut drift, mut right) = (Drift::default(), Drift::default());
        let noisy = |ms| ntp(ms + if ms % 15_000 == 0 { 90 } else { 0 });
        reports(&mut drift, 0..100, noisy);
        reports(&mut right, 0..100, ntp);
        assert!((drift.ns().unwrap() - right.ns().unwrap()).abs() < MS, "{drift:?}");
    }

    #[test]
    fn a_wall_clock_that_is_set_is_no_drift() {
        for jump in [-86_400_000, -4000, 400, 3_600_000] {
            let mut drift = Drift::default();
            reports(&mut drift, 0..50, ntp);
            reports(&mut drift, 50..53, |ms| ntp(ms + jump));
            assert!(is_near(&drift, -22.5), "not believed yet: {drift:?}");
            reports(&mut drift, 53..100, |ms| ntp(ms + jump));
            assert!(is_near(&drift, -22.5 - 21.0), "{drift:?}");
        }
    }

    #[test]
    fn a_first_report_that_is_garbage_is_forgotten() {
        let mut drift = Drift::default();
        assert!(drift.report(12_345, -1));
        reports(&mut drift, 0..50, ntp);
        assert!(is_near(&drift, -21.0), "{drift:?}");
    }

    #[test]
    fn reports_without_a_wall_clock_or_out_of_order_say_nothing() {
        let mut drift = Drift::default();
        reports(&mut drift, 0..50, ntp);
        for (ntp, ms) in [(0, 250_000), (ntp(245_000), 245_024), (ntp(0), 0)] {
            assert!(!drift.report(ntp, ms * MS));
        }
        assert!(is_near(&drift, -22.5), "{drift:?}");
    }

    #[test]
    fn a_clock_that_begins_anew_goes_on_from_where_the_drift_is() {
        let mut drift = Drift::default();
        reports(&mut drift, 0..50, ntp);
        drift.restart();
        assert!(is_near(&drift, -22.5));
        // The RTP time begins at zero; the wall clock goes on.
        reports(&mut drift, 0..50, |ms| ntp(ms + 1_000_000));
        assert!(is_near(&drift, -45.0), "{drift:?}");
    }

    proptest! {
        #[test]
        fn no_report_moves_the_drift_by_more_than_500_ppm_of_the_time_since_the_one_before(
            reports in prop::collection::vec((any::<bool>(), any::<u64>(), -400i64..400, -20_000i64..60_000), 1..200),
        ) {
            let (mut drift, mut at_ms) = (Drift::default(), 0);
            for (wild, any, off, later) in reports {
                let before = drift.ns();
                drift.report(if wild { any } else { ntp(at_ms + later + off) }, (at_ms + later) * MS);
                let moved = drift.ns().unwrap_or(0) - before.unwrap_or(0);
                prop_assert!(moved.abs() <= later.max(0) * MS / STEEPEST, "{moved} ns in {later} ms");
                at_ms += later.max(0);
            }
        }

        #[test]
        fn reports_at_any_edge_never_panic(
            reports in prop::collection::vec((any::<u64>(), prop::sample::select(vec![i64::MIN / 32, 0, i64::MAX / 32])), 1..20),
        ) {
            let mut drift = Drift::default();
            for (ntp, rtp_ns) in reports {
                drift.report(ntp, rtp_ns);
            }
        }
    }
}
