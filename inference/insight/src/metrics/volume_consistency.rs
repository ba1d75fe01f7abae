//! Volume consistency: the spread of the levels of phrases, in dB; smaller is steadier.

use super::{Events, Measure, Metric, Priority, Step};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::texts;
use crate::timeline::Chunk;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Fall { full: 1.0, zero: 6.0 };

/// Fewer pieces on either side are no lasting change.
const STEP_PIECES: usize = 3;
/// A change that everybody hears.
const STEP_DB: f32 = 5.0;
/// Most of the spread that it may leave unexplained, as a share of the variance.
const STEP_LEAVES: f64 = 0.4;

pub const METRIC: Metric = Metric {
    id: "volume_consistency",
    name: "Evenness of volume",
    unit: "dB",
    window: "the SD over pieces of phrases of 1 to 4 s; at least five",
    baseline: "the answer's own mean",
    source: "Over single frames the spread is about 5 dB for all normal speech, because sounds differ; over phrase means it tells \
             dropped phrases (measured).",
    noticeable: Some(1.2),
    more_less: ["less even", "more even"],
    priority: Priority::First,
    reads: Some(|t| match (t.measure.step, t.side) {
        (Some(Step { at, by_db }), _) if by_db > 0.0 => {
            format!("about {} as loud until {} as after it", texts::loudness(-by_db), texts::clock(at))
        }
        (Some(Step { at, by_db }), _) => {
            format!("about {} as loud from {} on", texts::loudness(by_db), texts::clock(at))
        }
        (None, Side::Within) => "as loud in one phrase as in the next".into(),
        _ => format!("{:.0} % louder or quieter from phrase to phrase", 100.0 * (texts::times_as_loud(t.value) - 1.0)),
    }),
    target: Some(|_| "as loud in one phrase as in the next".into()),
    advice: Some(|t| {
        let Events { count, of, .. } = t.measure.events;
        let found = match (t.measure.step, count) {
            (Some(Step { at, by_db }), _) if by_db > 0.0 => {
                let (at, loud) = (texts::clock(at), texts::loudness(-by_db));
                return format!(
                    "You began quietly: until {at} about {loud} as loud as after it. Begin as loud as you go on."
                );
            }
            (Some(Step { at, by_db }), _) => {
                format!(
                    "You got quieter at {} and stayed so, about {} as loud as before",
                    texts::clock(at),
                    texts::loudness(by_db)
                )
            }
            (None, 0) => "Your volume was uneven from phrase to phrase".into(),
            (None, _) => format!("Your volume was uneven: clearly quieter in {count} of {}", texts::stretches(of)),
        };
        format!("{found}. Keep the same loudness to the end, as if somebody sat at the far wall.")
    }),
    praise: Some(|_| "your volume was even".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let chunks: Vec<_> = scene.events(&scene.timeline.chunks, |c| c.span.start).collect();
    let n = chunks.len() as f32;
    let mean = chunks.iter().map(|c| c.level_db).sum::<f32>() / n.max(1.0);
    let sd = (chunks.iter().map(|c| (c.level_db - mean).powi(2)).sum::<f32>() / n.max(1.0)).sqrt();
    let value = (chunks.len() >= 5 && !scene.agc).then_some(sd);
    let low: Vec<_> = chunks.iter().filter(|c| mean - c.level_db > 4.0).collect();
    let counted = Events { count: low.len(), of: chunks.len(), longest_ms: 0 };
    let events = low
        .iter()
        .map(|c| (mean - c.level_db, Moment { span: c.span, why: texts::quieter(mean - c.level_db), good: false }))
        .collect();
    Measure { events: counted, step: step(&chunks), ..scene.voiced(value).with_events(scene, events) }
}

/// Returns where the level changed for good: where two means, one before and one after, leave the least spread, if they are far apart and
/// little else is left.
fn step(chunks: &[&Chunk]) -> Option<Step> {
    let n = chunks.len() as f64;
    let mean = chunks.iter().map(|c| f64::from(c.level_db)).sum::<f64>() / n;
    let spread: f64 = chunks.iter().map(|c| (f64::from(c.level_db) - mean).powi(2)).sum();
    // What the two means explain of the spread; the sums before and after a place are the same but for their sign.
    let explained = |before: f64, at: f64| before * before * n / (at * (n - at));
    let mut before = 0.0;
    let places = chunks.iter().enumerate().map(|(at, chunk)| {
        let here = (at, before);
        before += f64::from(chunk.level_db) - mean;
        here
    });
    let can_be = |&(at, _): &(usize, f64)| at >= STEP_PIECES && at + STEP_PIECES <= chunks.len();
    let by_explained =
        |a: &(usize, f64), b: &(usize, f64)| explained(a.1, a.0 as f64).total_cmp(&explained(b.1, b.0 as f64));
    let (at, before) = places.filter(can_be).max_by(by_explained)?;
    let by_db = (-before * n / (at as f64 * (n - at as f64))) as f32;
    let explains = spread - explained(before, at as f64) <= STEP_LEAVES * spread;
    (by_db.abs() >= STEP_DB && explains).then(|| Step { at: chunks[at].span.start, by_db })
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::{MediaTime, Span};

    fn found(levels: &[f32]) -> Option<Step> {
        let chunk = |(k, &level_db): (usize, &f32)| {
            let start = MediaTime(3000 * k as i64);
            Chunk { span: Span::new(start, start + 2500), level_db }
        };
        let chunks: Vec<Chunk> = levels.iter().enumerate().map(chunk).collect();
        step(&chunks.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_level_that_changes_for_good_is_a_step_and_one_that_comes_back_is_none() {
        let down = found(&[60.0, 61.0, 59.0, 60.0, 50.0, 51.0, 49.0, 50.0]).unwrap();
        assert!(down.at == MediaTime(12_000) && (down.by_db + 10.0).abs() < 1e-4, "{down:?}");
        let up = found(&[50.0, 51.0, 49.0, 60.0, 61.0, 59.0, 60.0]).unwrap();
        assert!(up.at == MediaTime(9_000) && (up.by_db - 10.0).abs() < 1e-4, "{up:?}");
        for levels in [
            &[60.0, 61.0, 50.0, 60.0, 61.0, 50.0, 60.0, 59.0][..],
            &[60.0, 61.0, 50.0, 49.0, 51.0, 61.0, 60.0, 59.0],
            &[60.0, 61.0, 59.0, 60.0, 57.0, 58.0, 57.0, 58.0],
            &[60.0, 60.0, 60.0, 60.0, 60.0, 50.0],
            &[60.0, 50.0],
            &[],
        ] {
            assert_eq!(found(levels), None, "{levels:?}");
        }
    }
}
