//! Pitch variation: the standard deviation of the voice's pitch in semitones.
//!
//! A semitone is the same interval for low and high voices, so one band fits all. Octave slips of the tracker are left out: hops
//! more than an octave from the median, and cells within which the pitch jumps by more than a voice can.

use super::{Measure, Metric, Of, Priority};
use crate::curve::{Curve, Side};
use crate::scene::{Scene, WINDOW_MS};
use crate::texts;
use crate::timeline::{CELL_MS, Timeline};
use coach_core::{MediaTime, Span};

pub const CURVE: Curve = Curve::Rise { zero: 0.8, full: 3.0 };
/// A lively voice, semitones.
const LIVELY_ST: f32 = 3.0;
/// Less voiced time says nothing, seconds.
pub const LEAST_VOICED_S: f64 = 6.0;

pub const METRIC: Metric = Metric {
    id: "pitch_variation",
    name: "Pitch variation",
    unit: "st",
    window: "windows of 15 s of the answer, pooled; live the last 20 s, with at least 6 s voiced in them",
    baseline: "shown beside the person's own; the band is for everyone",
    source: "Liveliness goes with the spread of F0 (Hincks 2005), and feedback on its SD in semitones raises it (Hincks and Edlund 2009); \
             equal for men and women (Traunmüller and Eriksson). Under 1.5 to 2 st is flat, 2 to 4 usual, over 4 lively: measured and convention.",
    noticeable: Some(0.7),
    series: Some(|s| &s.pitch_st),
    of_series: Of::Spread,
    more_less: ["livelier", "flatter"],
    priority: Priority::First,
    phrase: Some(|v| match v {
        v if v >= LIVELY_ST => "the voice was lively".into(),
        v => format!("the voice rose and fell {} as far as a lively voice does", texts::share_of(v / LIVELY_ST)),
    }),
    reads: Some(|t| match t.side {
        Side::Within => "rose and fell as far as a lively voice".into(),
        _ if t.value >= 0.9 * LIVELY_ST => "rose and fell almost as far as a lively voice".into(),
        _ => format!("rose and fell {} as far as a lively voice", texts::share_of(t.value / LIVELY_ST)),
    }),
    target: Some(|_| "a lively voice".into()),
    advice: Some(|t| {
        let share = texts::share_of(t.value / LIVELY_ST);
        let how = if t.value >= 1.5 { "varied little" } else { "stayed on one note (monotone)" };
        format!("Your voice {how}: it rose and fell {share} as far as a lively voice does. Lift the words that matter.")
    }),
    praise: Some(|_| "your voice was lively".into()),
    shows_good: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let measure = scene.toned(pooled(scene));
    if scene.moments && measure.value.is_some() { windows(measure, scene) } else { measure }
}

fn windows(measure: Measure, scene: &Scene) -> Measure {
    let worded = |v| METRIC.say(v);
    let mut found: Vec<(Span, f32)> =
        scene.windows().filter_map(|w| spread(scene.timeline, &[w]).map(|v| (w, v))).collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.start.cmp(&b.0.start)));
    let moment = |&(span, v): &(Span, f32), good| coach_core::report::Moment { span, why: worded(v), good };
    let flat: Vec<_> =
        found.iter().filter(|(_, v)| CURVE.quality(*v) <= 0.6).take(3).map(|m| moment(m, false)).collect();
    let lively = found.iter().rev().filter(|(_, v)| CURVE.quality(*v) >= 0.85).take(3).map(|m| moment(m, true));
    Measure { moments: flat.into_iter().chain(lively).collect(), ..measure }
}

/// The SD within windows, pooled: a voice that stays on one note here and on another there is not lively, it drifts, which is
/// another metric's.
fn pooled(scene: &Scene) -> Option<f32> {
    let (mut sq, mut n) = (0.0, 0.0);
    for &span in &scene.spans {
        let mut start = span.start;
        while start < span.end {
            // The last window takes what is left of under twice its length.
            let end = if span.end - start < 2 * WINDOW_MS { span.end } else { start + WINDOW_MS };
            if let Some((sd, hops)) = deviation(scene.timeline, &[Span::new(start, end)]) {
                sq += f64::from(sd).powi(2) * hops;
                n += hops;
            }
            start = end;
        }
    }
    (n >= LEAST_VOICED_S * 100.0).then(|| (sq / n).sqrt() as f32)
}

/// Semitone SD over voiced speech; `None` with under [`LEAST_VOICED_S`].
pub fn spread(timeline: &Timeline, spans: &[Span]) -> Option<f32> {
    deviation(timeline, spans).filter(|(_, hops)| *hops >= LEAST_VOICED_S * 100.0).map(|(sd, _)| sd)
}

/// Semitone SD and the number of hops it rests on.
fn deviation(timeline: &Timeline, spans: &[Span]) -> Option<(f32, f64)> {
    // A hesitation is a low flat tone of its own, not a turn of the melody.
    let hesitant = |t: MediaTime| {
        let after = timeline.hesitations.partition_point(|h| h.start <= t + CELL_MS);
        timeline.hesitations[after.saturating_sub(2)..after].iter().any(|h| t < h.end)
    };
    let cells = || {
        spans.iter().flat_map(|s| timeline.cells(*s)).filter(|(t, _)| !hesitant(*t)).map(|(_, c)| c).filter(|c| {
            let n = f32::from(c.voiced);
            // Within 100 ms a voice glides by a few semitones; more is the tracker's slip.
            c.voiced >= 3 && (c.pitch_sq / n - (c.pitch_sum / n).powi(2)) < 16.0
        })
    };
    let mut means: Vec<f32> = cells().map(|c| c.pitch_sum / f32::from(c.voiced)).collect();
    let middle = crate::stats::median(&mut means)?;
    let (mut n, mut sum, mut sq) = (0.0, 0.0, 0.0);
    for c in cells() {
        if (c.pitch_sum / f32::from(c.voiced) - middle).abs() <= 12.0 {
            let (k, s) = (f64::from(c.voiced), f64::from(c.pitch_sum));
            let m = f64::from(middle);
            n += k;
            sum += s - k * m;
            sq += f64::from(c.pitch_sq) - 2.0 * m * s + k * m * m;
        }
    }
    (n > 0.0).then(|| ((sq / n - (sum / n).powi(2)).max(0.0).sqrt() as f32, n))
}
