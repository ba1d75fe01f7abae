//! Band-limited interpolation between equally spaced values, and the maximum of the curve it draws.
//!
//! Values between the samples come from a sinc of limited depth under a raised-cosine taper whose width follows the point
//! (the interpolation of Boersma 1993, section "digital realisation"; depth 70 for autocorrelation, 700 for cross-correlation).

use std::f64::consts::PI;

/// The value at `x` (0 is the first element), from at most `depth` samples to each side.
///
/// `x` must lie between the first and the last element; fewer samples are used where an edge is near.
pub fn interpolate(y: &[f64], x: f64, depth: usize) -> f64 {
    let left = x.floor();
    let p = x - left;
    let left = left.max(0.0) as usize;
    if left + 1 >= y.len() || p == 0.0 {
        return y[left.min(y.len() - 1)];
    }
    let depth = depth.min(left + 1).min(y.len() - 1 - left);
    if depth <= 1 {
        return y[left] + p * (y[left + 1] - y[left]);
    }
    let below = side(y[left + 1 - depth..=left].iter().rev(), p, depth);
    let above = side(y[left + 1..=left + depth].iter(), 1.0 - p, depth);
    // sin(pi (p + m)) alternates in sign with m, so that one sine serves every term of both sides.
    (PI * p).sin() / (2.0 * PI) * (below + above)
}

/// The terms of one side: `first` is the distance to the nearest sample, the others follow at whole steps.
fn side<'a>(values: impl Iterator<Item = &'a f64>, first: f64, depth: usize) -> f64 {
    let step = PI / (first + depth as f64);
    // cos(a + 2s), then by the angle-addition recurrence: no cosine per tap.
    let (start, twice) = (step * first, 2.0 * step.cos());
    let (mut before, mut now) = ((start - step).cos(), start.cos());
    let (mut sum, mut sign, mut distance) = (0.0, 1.0, first);
    for &value in values {
        sum += sign * value * (1.0 + now) / distance;
        (before, now) = (now, twice * now - before);
        sign = -sign;
        distance += 1.0;
    }
    sum
}

/// Position and height of the maximum of the interpolated curve within one step of the local maximum at `k`.
///
/// `k` must have a neighbour on both sides.
pub fn maximum(y: &[f64], k: usize, depth: usize) -> (f64, f64) {
    let (low, high) = ((k - 1) as f64, (k + 1) as f64);
    let mut x = k as f64 + apex(y[k - 1], y[k], y[k + 1]);
    // Three points ever closer around the apex; the curve is smooth, so each round squares the error.
    for h in [0.05, 0.002] {
        if x - h <= low || x + h >= high {
            return search(y, low, high, depth);
        }
        let (a, b, c) = (interpolate(y, x - h, depth), interpolate(y, x, depth), interpolate(y, x + h, depth));
        let shift = apex(a, b, c);
        if shift.abs() > 8.0 || 2.0 * b <= a + c {
            return search(y, low, high, depth);
        }
        x += shift * h;
    }
    if x <= low || x >= high {
        return search(y, low, high, depth);
    }
    (x, interpolate(y, x, depth))
}

/// Where the parabola through three equally spaced values has its extremum, in steps from the middle one.
fn apex(a: f64, b: f64, c: f64) -> f64 {
    let curvature = 2.0 * b - a - c;
    if curvature == 0.0 { 0.0 } else { 0.5 * (c - a) / curvature }
}

/// Golden-section search, for the rare curve that is no parabola near its sample maximum.
fn search(y: &[f64], mut low: f64, mut high: f64, depth: usize) -> (f64, f64) {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - RATIO * (high - low), low + RATIO * (high - low));
    let (mut at_a, mut at_b) = (interpolate(y, a, depth), interpolate(y, b, depth));
    for _ in 0..44 {
        if at_a < at_b {
            (low, a, at_a) = (a, b, at_b);
            b = low + RATIO * (high - low);
            at_b = interpolate(y, b, depth);
        } else {
            (high, b, at_b) = (b, a, at_a);
            a = high - RATIO * (high - low);
            at_a = interpolate(y, a, depth);
        }
    }
    let x = 0.5 * (low + high);
    (x, interpolate(y, x, depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(period: f64, phase: f64) -> Vec<f64> {
        (0..400).map(|i| ((i as f64 - phase) * 2.0 * PI / period).cos()).collect()
    }

    #[test]
    fn the_top_of_a_cosine_is_found_between_the_samples() {
        for phase in [200.0, 200.3, 199.77, 200.4999] {
            let (x, height) = maximum(&cosine(23.0, phase), phase.round() as usize, 70);
            assert!((x - phase).abs() < 2e-5 && (height - 1.0).abs() < 1e-4, "{phase}: {x} {height}");
        }
    }

    #[test]
    fn the_quick_way_and_the_thorough_way_agree() {
        let y = cosine(9.0, 201.2);
        let (quick, thorough) = (maximum(&y, 201, 70), search(&y, 200.0, 202.0, 70));
        assert!((quick.0 - thorough.0).abs() < 1e-6 && (quick.1 - thorough.1).abs() < 1e-10);
    }

    #[test]
    fn a_sample_is_returned_as_it_is() {
        let y = cosine(23.0, 0.0);
        assert_eq!(interpolate(&y, 100.0, 70), y[100]);
        assert_eq!(interpolate(&y, 399.0, 70), y[399]);
    }
}
