//! Stress recovery: seconds from a spike's begin until it had calmed down. Not from its peak: where stress stays, any moment may be the
//! highest, and a long one would count as short.

use super::stress_spikes::{measured, spikes};
use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::stats::ratio;
use crate::{stress, texts};
use coach_core::Span;
use coach_core::report::Moment;

pub const CURVE: Curve = Curve::Fall { full: 4.0, zero: 26.0 };

pub const METRIC: Metric = Metric {
    id: "stress_recovery",
    name: "Time to calm down",
    unit: "s",
    window: "the mean over the spikes of the answer; one that did not calm down counts to the answer's end",
    baseline: "each signal's own mean and spread",
    source: "As stress_spikes. Without a spike there is nothing to say.",
    advice: Some(|t| {
        format!(
            "After a hard moment it took about {:.0} s until you were calm again. One slow breath out helps.",
            t.value
        )
    }),
    praise: Some(|v| format!("you were calm again {v:.0} s after a hard moment")),
    of_face: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let (mut sum, mut weights) = (0.0, 0.0);
    let mut events = Vec::new();
    for spike in spikes(scene) {
        let end = scene.spans.iter().find(|s| s.contains(spike.start)).map_or(spike.peak, |s| s.end);
        let lasted = Span::new(spike.start, spike.recovered.map_or(end, |t| t.min(end)).max(spike.start));
        let ms = lasted.len_ms();
        let weight = f64::from(stress::weight(spike)) + 1e-3;
        sum += weight * ms as f64 / 1000.0;
        weights += weight;
        let calm = spike.recovered.is_some_and(|t| t <= end);
        let why = if calm { texts::recovery(ms) } else { texts::no_recovery() };
        events.push((ms as f32, Moment { span: lasted, why, good: calm && ms <= 6000 }));
    }
    measured(scene, ratio(sum, weights)).with_events(scene, events)
}
