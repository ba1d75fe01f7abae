//! Moments of a metric: the stretches that moved it most, both ways.

use super::Measure;
use crate::scene::{Scene, Totals};
use crate::stats::ratio;
use crate::timeline::Gesture;
use coach_core::report::Moment;
use coach_core::{MediaTime, Span};

/// At most so many of each kind are kept.
const MOST: usize = 3;

impl Measure {
    /// Adds the best and worst windows of `ms` that `value` and `quality` (0 bad to 1 good) find; `why` words them.
    pub(crate) fn with_windows(
        mut self,
        scene: &Scene,
        ms: i64,
        value: impl Fn(&Totals) -> Option<f32>,
        quality: impl Fn(f32) -> f32,
        why: impl Fn(f32) -> String,
    ) -> Measure {
        if !scene.moments || self.value.is_none() {
            return self;
        }
        let mut windows: Vec<(Span, f32, f32)> = Vec::new();
        for &span in &scene.spans {
            let mut start = span.start;
            while start < span.end {
                let window = Span::new(start, (start + ms).min(span.end));
                if window.len_ms() * 2 >= ms
                    && let Some(v) = value(&Totals::over(scene.timeline, &[window]))
                {
                    windows.push((window, v, quality(v)));
                }
                start = start + ms / 2;
            }
        }
        let mut pick = |good: bool| {
            windows.sort_by(|a, b| {
                let order = a.2.total_cmp(&b.2);
                (if good { order.reverse() } else { order }).then(a.0.start.cmp(&b.0.start))
            });
            let mut taken: Vec<Span> = Vec::new();
            for &(span, v, q) in &windows {
                let fits = if good { q >= 0.85 } else { q <= 0.6 };
                if fits && taken.len() < MOST && taken.iter().all(|t| t.overlap_ms(span) == 0) {
                    taken.push(span);
                    self.moments.push(Moment { span, why: why(v), good });
                }
            }
        };
        pick(false);
        pick(true);
        self
    }

    /// Adds events, the weightiest first; none where nothing can be judged.
    pub(crate) fn with_events(mut self, scene: &Scene, mut events: Vec<(f32, Moment)>) -> Measure {
        if scene.moments && self.reason.is_none() {
            for (_, moment) in &mut events {
                // What began in the answer may end after it, and a hesitation is known after it began.
                let within = |s: &&Span| s.overlap_ms(moment.span) > 0 || s.contains(moment.span.start);
                if let Some(scene) = scene.spans.iter().find(within) {
                    moment.span = Span::new(moment.span.start.max(scene.start), moment.span.end.min(scene.end));
                }
            }
            events.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.span.start.cmp(&b.1.span.start)));
            self.moments.extend(events.into_iter().take(2 * MOST).map(|(_, m)| m));
        }
        self
    }

    /// Adds the longest stretches in which `bad` holds for every cell that is known, of at least `ms`.
    pub(crate) fn with_stretches(
        mut self,
        scene: &Scene,
        ms: i64,
        bad: impl Fn(&crate::timeline::Cell) -> Option<bool>,
        why: impl Fn(i64) -> String,
    ) -> Measure {
        if !scene.moments {
            return self;
        }
        let mut found: Vec<Span> = Vec::new();
        for &span in &scene.spans {
            let mut since: Option<MediaTime> = None;
            let mut last = span.start;
            for (t, cell) in scene.timeline.cells(span) {
                match bad(cell) {
                    Some(true) => {
                        since.get_or_insert(t);
                        last = t + crate::timeline::CELL_MS;
                    }
                    Some(false) => found.extend(since.take().map(|s| Span::new(s, last))),
                    None => {}
                }
            }
            found.extend(since.map(|s| Span::new(s, last)));
        }
        found.retain(|s| s.len_ms() >= ms);
        found.sort_by_key(|s| (-s.len_ms(), s.start));
        self.moments.extend(found.into_iter().take(MOST).map(|span| Moment {
            span,
            why: why(span.len_ms()),
            good: false,
        }));
        self
    }
}

/// Gestures of one kind per minute of good face.
pub(crate) fn gestures(scene: &Scene, kind: Gesture, why: &str) -> Measure {
    let gestures = scene.events(&scene.timeline.gestures, |(_, span)| span.start);
    let found: Vec<_> = gestures.filter(|(k, _)| *k == kind).collect();
    let good_s = scene.totals.good_s;
    let value = ratio(found.len() as f64, good_s / 60.0);
    let events = found.iter().map(|&&(_, span)| (0.0, Moment { span, why: why.to_owned(), good: true })).collect();
    scene.faced(value, good_s).with_events(scene, events)
}
