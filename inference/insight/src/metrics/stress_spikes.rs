//! Stress spikes per ten minutes, each counted by how far it rose and how long it lasted.

use super::{Events, Measure, Metric};
use crate::curve::Curve;
use crate::evidence::LEAST_SPEECH_S;
use crate::scene::Scene;
use crate::stats::ratio;
use crate::{stress, texts};
use coach_core::Span;
use coach_core::report::{Moment, StressSpike};

pub const CURVE: Curve = Curve::Fall { full: 0.0, zero: 12.0 };

pub const METRIC: Metric = Metric {
    id: "stress_spikes",
    name: "Stress moments",
    unit: "/10 min",
    window: "the answer",
    baseline: "each signal's own mean and spread",
    source: "Several signals that rise together above the person's own usual (stress.rs). A proxy: effort and joy can look alike.",
    noticeable: Some(4.0),
    target: Some(|_| "none".into()),
    advice: Some(|t| {
        format!(
            "Several signs of tension came together {}. One slow breath out before you go on helps.",
            texts::times(t.measure.events.count)
        )
    }),
    of_face: true,
    measure,
    ..Metric::SHOWN
};

/// The spikes of a scene.
pub(crate) fn spikes<'a>(scene: &'a Scene) -> impl Iterator<Item = &'a StressSpike> {
    scene.events(&scene.timeline.spikes, |s| s.start)
}

/// Returns whether stress could be judged at all: the person's own usual is known, there was enough of them, and the face was theirs.
fn judged(scene: &Scene) -> bool {
    let face = !scene.still_video && !scene.several_faces;
    scene.affect && face && scene.stress_known_s() >= LEAST_SPEECH_S
}

/// A measure that is `value` where stress could be judged.
pub(super) fn measured(scene: &Scene, value: Option<f32>) -> Measure {
    Measure {
        value: value.filter(|v| v.is_finite() && judged(scene)),
        coverage: super::share(scene.stress_known_s(), scene.totals.span_s),
        ..Measure::default()
    }
}

fn measure(scene: &Scene) -> Measure {
    let mut sum = 0.0;
    let mut events = Vec::new();
    for spike in spikes(scene) {
        let end = spike.recovered.unwrap_or(spike.peak).max(spike.peak);
        sum += f64::from(stress::weight(spike));
        events
            .push((spike.height, Moment { span: Span::new(spike.start, end), why: texts::spike(spike), good: false }));
    }
    let counted = Events { count: events.len(), of: 0, longest_ms: 0 };
    let measure = measured(scene, ratio(sum, scene.totals.span_s / 600.0)).with_events(scene, events);
    Measure { events: counted, ..measure }
}
