//! Media time: whole milliseconds since the first kept access unit of a session.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};

/// Milliseconds since t = 0 of the session's media timeline. One WebM tick.
///
/// t = 0 is the first access unit that was kept. The calibration, which comes before, has no media time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MediaTime(pub i64);

impl MediaTime {
    pub const ZERO: MediaTime = MediaTime(0);

    /// Whole milliseconds.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Seconds, for rates and axes; never for comparing.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// The nearest millisecond; halves go up.
    pub fn from_seconds(seconds: f64) -> MediaTime {
        MediaTime((seconds * 1000.0).round() as i64)
    }

    /// The nearest millisecond of a nanosecond stamp; halves go up. The one rounding rule of both paths.
    pub const fn from_nanos(nanos: i64) -> MediaTime {
        MediaTime((nanos + 500_000).div_euclid(1_000_000))
    }
}

impl Add<i64> for MediaTime {
    type Output = MediaTime;
    /// Later by `ms` milliseconds.
    fn add(self, ms: i64) -> MediaTime {
        MediaTime(self.0 + ms)
    }
}

impl Sub<i64> for MediaTime {
    type Output = MediaTime;
    /// Earlier by `ms` milliseconds.
    fn sub(self, ms: i64) -> MediaTime {
        MediaTime(self.0 - ms)
    }
}

impl Sub for MediaTime {
    type Output = i64;
    /// The distance in milliseconds, signed.
    fn sub(self, other: MediaTime) -> i64 {
        self.0 - other.0
    }
}

impl fmt::Display for MediaTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let ms = self.0.unsigned_abs();
        write!(f, "{sign}{}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000)
    }
}

/// From `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Span {
    pub start: MediaTime,
    pub end: MediaTime,
}

impl Span {
    pub const fn new(start: MediaTime, end: MediaTime) -> Span {
        Span { start, end }
    }

    /// Length in milliseconds, never negative.
    pub fn len_ms(self) -> i64 {
        (self.end - self.start).max(0)
    }

    pub fn contains(self, t: MediaTime) -> bool {
        self.start <= t && t < self.end
    }

    /// Milliseconds that both have in common.
    pub fn overlap_ms(self, other: Span) -> i64 {
        (self.end.min(other.end) - self.start.max(other.start)).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_as_minutes_seconds_and_milliseconds() {
        assert_eq!(MediaTime(83_450).to_string(), "1:23.450");
        assert_eq!(MediaTime(-20).to_string(), "-0:00.020");
    }

    #[test]
    fn nanoseconds_round_to_the_nearest_millisecond_and_halves_go_up() {
        assert_eq!(MediaTime::from_nanos(33_366_667), MediaTime(33));
        assert_eq!(MediaTime::from_nanos(500_000), MediaTime(1));
        assert_eq!(MediaTime::from_nanos(-500_001), MediaTime(-1));
    }

    #[test]
    fn a_span_holds_its_start_and_not_its_end() {
        let span = Span::new(MediaTime(10), MediaTime(20));
        assert!(span.contains(MediaTime(10)) && !span.contains(MediaTime(20)));
        assert_eq!(span.overlap_ms(Span::new(MediaTime(15), MediaTime(40))), 5);
        assert_eq!(span.overlap_ms(Span::new(MediaTime(20), MediaTime(40))), 0);
    }
}
