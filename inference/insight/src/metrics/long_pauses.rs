//! Long pauses: time spent in pauses beyond their first second, per minute of talk.
//!
//! A count would jump where a pause passes a limit; the time over one second does not.

use super::{Events, Measure, Metric, Priority};
use crate::curve::Curve;
use crate::evidence::SCORED_SPEECH_S;
use crate::scene::Scene;
use crate::speech::LONG_PAUSE_MS;
use crate::stats::ratio;
use crate::texts;
use coach_core::report::Moment;

/// A pause of which somebody who listens would say that it was long.
const SILENCE_MS: i64 = 2_000;

pub const CURVE: Curve = Curve::Fall { full: 1.0, zero: 9.0 };

pub const METRIC: Metric = Metric {
    id: "long_pauses",
    name: "Long pauses",
    unit: "s/min",
    window: "the answer",
    baseline: "none",
    source: "Pauses come in three kinds, the long ones over 1 s only in spontaneous speech (Campione and Véronis 2002); fewer and shorter \
             ones go with better ratings in interview studies, moderately.",
    noticeable: Some(2.0),
    reads: Some(|t| match t.measure.events {
        Events { of: 0, .. } => "none over a second".into(),
        Events { of, longest_ms, .. } => {
            format!("{} over a second, the longest {}", texts::times(of), texts::seconds(longest_ms))
        }
    }),
    target: Some(|full| format!("at most {full:.0} s a minute beyond the first second of each")),
    priority: Priority::First,
    advice: Some(|t| {
        let Events { count, of, longest_ms } = t.measure.events;
        let longest = texts::seconds(longest_ms);
        let found = match (count, of) {
            (0, 1) => format!("You stopped once, for {longest}"),
            (0, _) => format!("You stopped {} for over a second, the longest for {longest}", texts::times(of)),
            (1, _) => format!("One long silence of {longest}"),
            _ => format!(
                "Long silences: you stopped {} for over two seconds, the longest for {longest}",
                texts::times(count)
            ),
        };
        format!("{found}. A breath of a second is enough between two thoughts.")
    }),
    praise: Some(|v| if v < 0.05 { "there were no long silences".into() } else { "your pauses were short".into() }),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let mut over_ms = 0;
    let mut events = Vec::new();
    for pause in scene.pauses() {
        let over = pause.span.len_ms() - LONG_PAUSE_MS;
        if over > 0 {
            over_ms += over;
            events
                .push((over as f32, Moment { span: pause.span, why: texts::pause(pause.span.len_ms()), good: false }));
        }
    }
    let lengths: Vec<i64> = events.iter().map(|(_, m): &(f32, Moment)| m.span.len_ms()).collect();
    let long = lengths.iter().filter(|&&ms| ms >= SILENCE_MS).count();
    let counted = Events { count: long, of: lengths.len(), longest_ms: lengths.into_iter().max().unwrap_or(0) };
    let measure = scene
        .voiced_for(SCORED_SPEECH_S, ratio(over_ms as f64 / 1000.0, scene.totals.talk_s / 60.0))
        .with_events(scene, events);
    Measure { events: counted, ..measure }
}
