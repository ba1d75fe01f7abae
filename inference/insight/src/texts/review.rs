//! Differences between two answers and trends over sessions, in words.

use super::number;
use crate::metrics::Metric;
use coach_core::review::Direction;

/// A difference between two answers: `a` is the reader's own.
pub fn difference(metric: &Metric, a: f32, b: f32, phase: Option<&str>) -> String {
    let [more, less] = metric.more_less;
    let more = if a > b { more } else { less };
    let phase = phase.map(|p| format!(", most of all in the {p}")).unwrap_or_default();
    let n = |v| number(v, metric.unit);
    format!("{}: {} here, {} there; {more}{phase}.", metric.name, n(a), n(b))
}

pub fn no_difference() -> String {
    "Nothing differs by as much as a listener would notice.".into()
}

/// A trend in words. `change`: over all sessions.
#[allow(clippy::too_many_arguments, reason = "one sentence, made of all of them")]
pub fn trend(
    name: &str,
    unit: &str,
    direction: Option<Direction>,
    better: Option<bool>,
    change: f32,
    sessions: usize,
    range: Option<[f32; 2]>,
    least: usize,
) -> String {
    let n = |v: f32| if unit.is_empty() && v.abs() >= 2.0 { format!("{v:.0}") } else { number(v, unit) };
    let usual = range.map(|[low, high]| format!(" Your usual: {} to {}.", n(low), n(high))).unwrap_or_default();
    let judged = match better {
        Some(true) => ", the way you want it",
        Some(false) => ", not the way you want it",
        None => "",
    };
    match direction {
        None => format!("{name}: {sessions} of {least} sessions that a trend needs.{usual}"),
        Some(Direction::Steady) => format!("{name} is steady over {sessions} sessions.{usual}"),
        Some(Direction::Up) => format!("{name} went up by {} over {sessions} sessions{judged}.{usual}", n(change)),
        Some(Direction::Down) => format!("{name} went down by {} over {sessions} sessions{judged}.{usual}", n(-change)),
    }
}
