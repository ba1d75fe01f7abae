//! Possible hesitations: sustained flat voiced segments beside a pause ("um", "er"), per minute of talk, weighted by confidence, and fillers
//! of the words that were not heard as such.

use super::{Events, Measure, Metric, Priority};
use crate::curve::Curve;
use crate::said::bare;
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Fall { full: 1.0, zero: 10.0 };

/// A shorter answer says nothing of how often somebody hesitates.
const LEAST_S: f64 = 30.0;

pub const METRIC: Metric = Metric {
    id: "hesitations",
    name: "Possible hesitations",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "Heard without words, so conservative and called possible (found about a third of the labelled ones in a poor recording); an um \
             that was written down with certainty counts however little else was. Conversation holds 2 to 3 of them in 100 words; listeners prefer none to some and some to silent gaps (Christenfeld 1995).",
    noticeable: Some(1.5),
    priority: Priority::First,
    advice: Some(|t| {
        format!(
            "About {} (um, er) in {}. {}",
            texts::hesitations(t.measure.events.count),
            texts::about_seconds(t.span_s),
            texts::BREATHE_INSTEAD
        )
    }),
    praise: Some(|v| if v < 0.05 { "no hesitation was heard".into() } else { "you hardly hesitated".into() }),
    of_words: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let mut sum = 0.0;
    let mut events: Vec<(f32, Moment)> = Vec::new();
    for h in scene.events(&scene.timeline.hesitations, |h| h.t) {
        let confidence = h.confidence.clamp(0.0, 1.0);
        sum += f64::from(confidence);
        let span = Span::new(h.start, h.end.max(h.start));
        events.push((confidence, Moment { span, why: texts::hesitation(span.len_ms()), good: false }));
    }
    for filler in scene.spans.iter().flat_map(|span| scene.timeline.fillers(*span)) {
        let span = Span::new(filler.start, filler.end.max(filler.start));
        if events.iter().all(|(_, heard)| heard.span.overlap_ms(span) == 0) {
            sum += 1.0;
            let why = scene.quote(span).unwrap_or_else(|| bare(&filler.text));
            events.push((1.0, Moment { span, why, good: false }));
        }
    }
    let count = sum.round() as usize;
    let measure = scene.voiced(ratio(sum, scene.totals.talk_s / 60.0)).with_events(scene, events);
    let value = measure.value.filter(|_| scene.totals.span_s >= LEAST_S);
    Measure { value, events: Events { count, ..Events::default() }, ..measure }
}
