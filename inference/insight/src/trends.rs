//! Trends over sessions: the person against their own range, and no trend before there is enough to see one.
//!
//! A trend is called one when Kendall's rank correlation with the order of sessions would come about by chance in less than one
//! case of ten (Mann 1945; normal approximation with continuity correction) *and* the change over all sessions is one that a
//! listener would notice (`compare.rs`). The slope is Theil and Sen's median of pairs, which one odd session does not move.

use crate::curve::Curve;
use crate::stats::{median, quantile};
use crate::texts::Followed;
use crate::{comparable, compare, metrics, scores, texts};
use coach_core::review::{Direction, Trend, TrendPoint};

/// Fewer sessions show no trend.
pub const LEAST_SESSIONS: usize = 5;
/// More are not looked at: the last hundred.
const MOST_SESSIONS: usize = 100;
/// Two-sided, one in ten.
const Z: f64 = 1.645;

/// One trend for each score, then for each metric that any session has a value of. The points may come in any order.
pub fn trends(points: &[TrendPoint]) -> Vec<Trend> {
    let mut points: Vec<&TrendPoint> = points.iter().collect();
    points.sort_by(|a, b| a.at_us.cmp(&b.at_us).then(a.session_id.cmp(&b.session_id)));
    let points = &points[points.len().saturating_sub(MOST_SESSIONS)..];
    let score = |f: &&scores::Formula| (f.id, Followed::Score(texts::score(f.name)), Some(true));
    let scores = scores::ALL.iter().map(score);
    // What nobody would notice is not followed.
    let metrics = metrics::ALL.iter().filter(|m| m.noticeable.is_some()).map(|m| (m.id, Followed::Metric(m), None));
    scores
        .chain(metrics)
        .filter_map(|(id, of, more_is_better)| {
            let values = values(id, points);
            let more = more_is_better.or_else(|| aim(id, &values));
            (!values.is_empty()).then(|| trend(id, of, more, &values))
        })
        .collect()
}

/// Values of one id that were measured as the newest was, in order of time.
fn values(id: &str, points: &[&TrendPoint]) -> Vec<f32> {
    let names = comparable::names(id);
    let alike = |p: &TrendPoint| names.iter().map(|name| p.formulas.get(*name).copied()).collect::<Vec<_>>();
    let has_value = |p: &&&TrendPoint| p.values.get(id).copied().flatten().is_some();
    let Some(newest) = points.iter().rev().find(has_value).map(|p| alike(p)) else { return Vec::new() };
    points
        .iter()
        .filter(|p| alike(p) == newest)
        .filter_map(|p| p.values.get(id).copied().flatten())
        .filter(|v| v.is_finite())
        .collect()
}

/// Whether more of it is better for this person: `None` within the band aimed at, or where nothing is aimed at.
fn aim(id: &str, values: &[f32]) -> Option<bool> {
    let curve = scores::ALL.iter().find_map(|f| f.curve(id))?;
    match curve {
        Curve::Rise { .. } => Some(true),
        Curve::Fall { .. } => Some(false),
        Curve::Band { low, high, .. } => {
            let middle = median(&mut values.to_vec())?;
            if middle < low {
                Some(true)
            } else if middle > high {
                Some(false)
            } else {
                None
            }
        }
    }
}

fn trend(id: &str, of: Followed, more_is_better: Option<bool>, values: &[f32]) -> Trend {
    let n = values.len();
    let mut sorted = values.to_vec();
    let range = quantile(&mut sorted, 0.1).zip(quantile(&mut sorted, 0.9)).map(|(low, high)| [low, high]);
    let (mut s, mut slopes) = (0i64, Vec::new());
    for i in 0..n {
        for k in i + 1..n {
            let d = values[k] - values[i];
            s += if d > 0.0 { 1 } else { -i64::from(d < 0.0) };
            slopes.push(d / (k - i) as f32);
        }
    }
    let slope = median(&mut slopes);
    let enough = n >= LEAST_SESSIONS;
    let variance = (n * (n.saturating_sub(1)) * (2 * n + 5)) as f64 / 18.0;
    let by_chance = (s.abs() - 1) as f64 / variance.max(1.0).sqrt() <= Z;
    let change = slope.unwrap_or(0.0) * n.saturating_sub(1) as f32;
    let noticed = compare::noticeable(id).is_none_or(|unit| change.abs() >= unit);
    let direction = enough.then_some(if by_chance || !noticed {
        Direction::Steady
    } else if change > 0.0 {
        Direction::Up
    } else {
        Direction::Down
    });
    let better = match (direction, more_is_better) {
        (Some(Direction::Up), Some(more)) => Some(more),
        (Some(Direction::Down), Some(more)) => Some(!more),
        _ => None,
    };
    Trend {
        id: id.to_owned(),
        name: of.name().to_owned(),
        unit: of.unit().to_owned(),
        direction,
        better,
        sessions: n,
        range,
        latest: values.last().copied(),
        per_session: slope.filter(|_| enough),
        words: texts::trend(of, direction, better, change, n, range, LEAST_SESSIONS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn sessions(id: &str, values: &[f32], version: impl Fn(usize) -> u32) -> Vec<TrendPoint> {
        let point = |(i, v): (usize, &f32)| TrendPoint {
            session_id: format!("{i}"),
            at_us: i as i64,
            values: BTreeMap::from([(id.to_owned(), Some(*v))]),
            formulas: BTreeMap::from([(id.to_owned(), version(i))]),
        };
        values.iter().enumerate().map(point).collect()
    }

    fn one(id: &str, values: &[f32]) -> Trend {
        trends(&sessions(id, values, |_| 1)).remove(0)
    }

    #[test]
    fn four_sessions_show_no_trend_however_steep() {
        let trend = one("clarity", &[20.0, 40.0, 60.0, 80.0]);
        assert_eq!((trend.direction, trend.better), (None, None));
        assert!(trend.words.contains("4 of 5"), "{}", trend.words);
    }

    #[test]
    fn a_steady_rise_is_up_and_one_odd_session_does_not_hide_it() {
        let trend = one("clarity", &[40.0, 44.0, 50.0, 12.0, 56.0, 61.0, 66.0, 70.0]);
        assert_eq!((trend.direction, trend.better), (Some(Direction::Up), Some(true)));
    }

    #[test]
    fn noise_is_steady_and_so_is_a_rise_too_small_to_notice() {
        assert_eq!(one("clarity", &[60.0, 52.0, 66.0, 58.0, 49.0, 63.0]).direction, Some(Direction::Steady));
        assert_eq!(one("clarity", &[60.0, 60.5, 61.0, 61.5, 62.0, 62.5]).direction, Some(Direction::Steady));
    }

    #[test]
    fn slower_is_better_for_who_speaks_too_fast_and_neither_within_the_band() {
        let trend = one("pace", &[220.0, 210.0, 205.0, 190.0, 185.0, 170.0]);
        assert_eq!((trend.direction, trend.better), (Some(Direction::Down), Some(true)));
        let trend = one("pace", &[156.0, 152.0, 148.0, 141.0, 136.0, 130.0]);
        assert_eq!((trend.direction, trend.better), (Some(Direction::Down), None));
    }

    #[test]
    fn scores_of_an_older_formula_are_left_out() {
        let points = sessions("clarity", &[10.0, 20.0, 30.0, 40.0, 50.0, 60.0], |i| if i < 3 { 1 } else { 2 });
        assert_eq!(trends(&points)[0].sessions, 3);
    }
}
