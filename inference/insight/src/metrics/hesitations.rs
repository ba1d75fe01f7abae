//! Possible hesitations: sustained flat voiced segments beside a pause ("um", "er"), per minute of talk, weighted by confidence.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Fall { full: 1.0, zero: 10.0 };

pub const METRIC: Metric = Metric {
    id: "hesitations",
    name: "Possible hesitations",
    unit: "/min",
    window: "the answer",
    baseline: "none",
    source: "Heard without words, so conservative and called possible (found about a third of the labelled ones in a poor recording). \
             Conversation holds 2 to 3 of them in 100 words; listeners prefer none to some and some to silent gaps (Christenfeld 1995).",
    noticeable: Some(1.5),
    advice: Some(|t| {
        format!("Possible hesitations: {}, aim for {}. A silent pause sounds surer.", t.number(), t.target)
    }),
    praise: Some(|v| if v < 0.05 { "no hesitations".into() } else { METRIC.named(v) }),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let mut sum = 0.0;
    let mut events = Vec::new();
    for h in scene.events(&scene.timeline.hesitations, |h| h.t) {
        let confidence = h.confidence.clamp(0.0, 1.0);
        sum += f64::from(confidence);
        let span = Span::new(h.start, h.end.max(h.start));
        events.push((confidence, Moment { span, why: texts::hesitation(span.len_ms()), good: false }));
    }
    scene.voiced(ratio(sum, scene.totals.talk_s / 60.0)).with_events(scene, events)
}
