//! Differences between two answers and trends over sessions, in words.
//!
//! A number is said where its unit says something by itself; of decibels, semitones and shares of a movement only the direction is.

use super::{number, reads_alone};
use crate::metrics::Metric;
use coach_core::review::Direction;

/// A difference between two answers: `a` is the reader's own.
pub fn difference(metric: &Metric, a: f32, b: f32, phase: Option<&str>) -> String {
    let [more, less] = metric.more_less;
    let more = if a > b { more } else { less };
    let phase = phase.map(|p| format!(", most of all in the {p}")).unwrap_or_default();
    let n = |v| number(v, metric.unit);
    match reads_alone(metric.unit) {
        true => format!("{}: {} here, {} there; {more}{phase}.", metric.name, n(a), n(b)),
        false => format!("{}: {more} here than there{phase}.", metric.name),
    }
}

pub fn no_difference() -> String {
    "Nothing differs by as much as a listener would notice.".into()
}

/// What a trend is said of.
#[derive(Clone, Copy)]
pub enum Followed {
    /// A score, by its name; 0 to 100.
    Score(&'static str),
    Metric(&'static Metric),
}

impl Followed {
    pub fn name(self) -> &'static str {
        match self {
            Followed::Score(name) => name,
            Followed::Metric(metric) => metric.name,
        }
    }

    pub fn unit(self) -> &'static str {
        match self {
            Followed::Score(_) => "",
            Followed::Metric(metric) => metric.unit,
        }
    }

    /// What more of it and less of it are called.
    fn more_less(self) -> [&'static str; 2] {
        match self {
            Followed::Score(_) => ["higher", "lower"],
            Followed::Metric(metric) => metric.more_less,
        }
    }

    /// A value as one reads it; `None`: its unit says nothing by itself.
    fn read(self, value: f32) -> Option<String> {
        match self {
            Followed::Score(_) => Some(format!("{value:.0}")),
            Followed::Metric(metric) => reads_alone(metric.unit).then(|| number(value, metric.unit)),
        }
    }
}

/// A trend in words. `change`: over all sessions; `least`: how many a trend needs.
pub fn trend(
    of: Followed,
    direction: Option<Direction>,
    better: Option<bool>,
    change: f32,
    sessions: usize,
    range: Option<[f32; 2]>,
    least: usize,
) -> String {
    let name = of.name();
    let usual = range.and_then(|[low, high]| of.read(low).zip(of.read(high)));
    let usual = usual.map(|(low, high)| format!(" Your usual: {low} to {high}.")).unwrap_or_default();
    let judged = match better {
        Some(true) => ", the way you want it",
        Some(false) => ", not the way you want it",
        None => "",
    };
    let [more, less] = of.more_less();
    let turned = |way: &str, called: &str| match of.read(change.abs()) {
        Some(by) => format!("{name} went {way} by {by} over {sessions} sessions{judged}.{usual}"),
        None => format!("{name}: {called} over {sessions} sessions{judged}."),
    };
    match direction {
        None => format!("{name}: {sessions} of {least} sessions that a trend needs.{usual}"),
        Some(Direction::Steady) => format!("{name} is steady over {sessions} sessions.{usual}"),
        Some(Direction::Up) => turned("up", more),
        Some(Direction::Down) => turned("down", less),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics;

    #[test]
    fn a_number_is_said_only_where_its_unit_says_something() {
        let mut said = 0;
        for metric in metrics::ALL.iter().copied().filter(|metric| metric.noticeable.is_some()) {
            let differs = difference(metric, 3.0, 1.0, Some("opening"));
            let rose = trend(Followed::Metric(metric), Some(Direction::Up), None, 2.0, 6, Some([1.0, 3.0]), 5);
            let numbered = differs.contains(|c: char| c.is_ascii_digit());
            assert_eq!(numbered, rose.contains("Your usual"), "{differs} {rose}");
            for bare in [" dB", "semitones", "degrees", "1.00", "times"] {
                assert!(!differs.contains(bare) && !rose.contains(bare), "{differs} {rose}");
            }
            said += 1;
        }
        assert!(said > 15);
    }

    #[test]
    fn more_of_a_spread_is_less_even() {
        let volume = metrics::find("volume_consistency").unwrap();
        assert_eq!(difference(volume, 5.0, 2.0, None), "Evenness of volume: less even here than there.");
        let fell = trend(Followed::Metric(volume), Some(Direction::Down), Some(true), -2.0, 6, Some([2.0, 5.0]), 5);
        assert_eq!(fell, "Evenness of volume: more even over 6 sessions, the way you want it.");
    }
}
