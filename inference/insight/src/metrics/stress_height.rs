//! Stress height: how high the spikes rose, as composite z against the person's own usual.

use super::stress_spikes::{measured, spikes};
use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;
use crate::stats::ratio;
use crate::stress;

pub const CURVE: Curve = Curve::Fall { full: 2.0, zero: 8.0 };

pub const METRIC: Metric = Metric {
    id: "stress_height",
    name: "Height of stress moments",
    unit: "z",
    window: "the mean over the spikes of the answer",
    baseline: "each signal's own mean and spread",
    source: "As stress_spikes. Without a spike there is nothing to say.",
    reads: Some(|t| {
        match t.value {
            v if v < 3.0 => "a little over your usual",
            v if v < 5.0 => "clearly over your usual",
            _ => "far over your usual",
        }
        .into()
    }),
    target: Some(|_| "hardly over your usual".into()),
    of_face: true,
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let (mut sum, mut weights) = (0.0, 0.0);
    for spike in spikes(scene) {
        let weight = f64::from(stress::weight(spike)) + 1e-3;
        sum += weight * f64::from(spike.height);
        weights += weight;
    }
    measured(scene, ratio(sum, weights))
}
