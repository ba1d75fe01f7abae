//! Fillers: um, uh and er per minute of talk, counted in the words.

use super::filler_clusters::clusters;
use super::{Events, Measure, Metric, Priority};
use crate::curve::Curve;
use crate::said::{Said, WINDOW, bare};
use crate::scene::Scene;
use crate::stats::ratio;
use crate::texts;
use coach_core::Span;
use coach_core::report::Moment;

/// Conversation holds 3 to 4 a minute, which loses nothing worth a sentence.
pub const CURVE: Curve = Curve::Fall { full: 2.0, zero: 14.0 };

/// A shorter answer says nothing of how often somebody hesitates.
const LEAST_S: f64 = 30.0;

pub const METRIC: Metric = Metric {
    id: "fillers",
    name: "Um and uh",
    unit: "/min",
    window: WINDOW,
    baseline: "none",
    source: "Counted in the words (15 of 16 found, none invented; docs/WORDS.md). Conversation holds 2 to 3 in 100 words; listeners prefer \
             none to some and some to silent gaps (Christenfeld 1995).",
    noticeable: Some(1.5),
    priority: Priority::First,
    advice: Some(|t| {
        format!(
            "{} (um, uh) in {}. {}",
            texts::fillers(t.measure.events.count),
            texts::about_seconds(t.span_s),
            texts::BREATHE_INSTEAD
        )
    }),
    praise: Some(|v| if v < 0.05 { "you said no um and no uh".into() } else { "you hardly said um or uh".into() }),
    of_words: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let count = |said: &Said| said.words().filter(|word| word.filler).count();
    let measure = scene.worded(|said| ratio(said.whole(count(said)), scene.totals.talk_s / 60.0));
    let Some(said) = scene.said() else { return measure };
    let events = Events { count: count(&said), ..Events::default() };
    let value = measure.value.filter(|_| scene.totals.span_s >= LEAST_S);
    Measure { value, events, ..measure }.with_events(scene, moments(&said))
}

/// Clusters first, then the others, each with what was being said.
fn moments(said: &Said) -> Vec<(f32, Moment)> {
    let clusters = clusters(said.words());
    let within = |t| clusters.iter().any(|(span, _)| span.contains(t));
    let cluster = |&(span, n): &(Span, usize)| {
        let quote = said.quote(span, 1).unwrap_or_default();
        let why = format!("{} in {}: {quote}", texts::fillers(n), texts::seconds(span.len_ms()));
        (n as f32, Moment { span, why, good: false })
    };
    let alone = said.words().filter(|word| word.filler && !within(word.start)).map(|word| {
        let span = Span::new(word.start, word.end.max(word.start));
        let why = said.quote(span, 3).unwrap_or_else(|| bare(&word.text));
        (0.0, Moment { span, why, good: false })
    });
    clusters.iter().map(cluster).chain(alone).collect()
}
