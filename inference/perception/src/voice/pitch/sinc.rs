//! Band-limited interpolation between equally spaced values, and the maximum of the interpolated curve.
//!
//! Values between the samples come from a sinc of limited depth with a raised-cosine taper whose width follows the
//! point (the interpolation of Boersma 1993, section "digital realisation"; depth 70 for autocorrelation, 700 for
//! cross-correlation).

use std::f64::consts::PI;

/// Returns the value at `x` (0 is the first element), from at most `depth` samples on each side.
///
/// `x` must lie between the first and the last element; fewer samples are used near an edge.
pub fn interpolate(y: &[f64], x: f64, depth: usize) -> f64 {
    let left = x.floor();
    let p = x - left;
    let left = left.max(0.0) as usize;
    if left + 1 >= y.len() || p == 0.0 {
        return y[left.min(y.len() - 1)];
    }
    let depth = depth.min(left + 1).min(y.len() - 1 - left);
    let (near, far) = (y[left], y[left + 1]);
    match depth {
        0 => return if p < 0.5 { near } else { far },
        1 => return near + p * (far - near),
        2 => {
            // A cubic with the slopes of the neighbours.
            let (rise, fall) = (0.5 * (far - y[left - 1]), 0.5 * (y[left + 2] - near));
            let q = 1.0 - p;
            return near * q + far * p - p * q * (0.5 * (fall - rise) + (p - 0.5) * (rise + fall - 2.0 * (far - near)));
        }
        _ => {}
    }
    let below = side(y[left + 1 - depth..=left].iter().rev(), p, depth);
    let above = side(y[left + 1..=left + depth].iter(), 1.0 - p, depth);
    // sin(pi (p + m)) alternates in sign with m, so that one sine serves every term of both sides.
    (PI * p).sin() / (2.0 * PI) * (below + above)
}

/// Returns the sum of the terms of one side: `first` is the distance to the nearest sample, the others follow at whole
/// steps.
fn side<'a>(values: impl Iterator<Item = &'a f64>, first: f64, depth: usize) -> f64 {
    let step = PI / (first + depth as f64);
    // cos(a + 2s) by the angle-addition recurrence, which needs no cosine for each term.
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

/// Returns position and height of the maximum of the interpolated curve within one step of the local maximum at `k`.
///
/// `k` must have a neighbour on both sides.
pub fn maximum(y: &[f64], k: usize, depth: usize) -> (f64, f64) {
    let (low, high) = ((k - 1) as f64, (k + 1) as f64);
    let mut x = k as f64 + apex(y[k - 1], y[k], y[k + 1]);
    // Three points are taken ever closer around the apex; the curve is smooth, so each round squares the error.
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

/// Returns where the parabola through three equally spaced values has its extremum, in steps from the middle one.
fn apex(a: f64, b: f64, c: f64) -> f64 {
    let curvature = 2.0 * b - a - c;
    if curvature == 0.0 { 0.0 } else { 0.5 * (c - a) / curvature }
}

/// Returns position and height of a maximum between two positions, by Brent's search (golden section and parabolas). Of
/// several maxima it finds one.
///
/// Where the depth of the taper changes from sample to sample (near the edges), the curve has steps, and the method
/// decides which maximum is found: this method gave the reference values.
pub fn search(y: &[f64], mut low: f64, mut high: f64, depth: usize) -> (f64, f64) {
    const GOLDEN: f64 = 0.381_966_011_250_105_1;
    let mut x = low + GOLDEN * (high - low);
    let mut at_x = interpolate(y, x, depth);
    // The second and third best.
    let (mut second, mut at_second, mut third, mut at_third) = (x, at_x, x, at_x);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let tolerance = f64::EPSILON.sqrt() * x.abs() + 1e-10 / 3.0;
        if (x - middle).abs() + 0.5 * (high - low) <= 2.0 * tolerance {
            break;
        }
        let mut step = GOLDEN * if x < middle { high - x } else { low - x };
        if (x - second).abs() >= tolerance {
            let t = (x - second) * (at_x - at_third);
            let u = (x - third) * (at_x - at_second);
            let (p, q) = ((x - third) * u - (x - second) * t, 2.0 * (u - t));
            let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
            let inside = p > q * (low - x + 2.0 * tolerance) && p < q * (high - x - 2.0 * tolerance);
            if p.abs() < (step * q).abs() && inside {
                step = p / q;
            }
        }
        if step.abs() < tolerance {
            step = tolerance.copysign(step);
        }
        let next = x + step;
        let at_next = interpolate(y, next, depth);
        if at_next >= at_x {
            if next < x {
                high = x;
            } else {
                low = x;
            }
            (third, second, x) = (second, x, next);
            (at_third, at_second, at_x) = (at_second, at_x, at_next);
        } else {
            if next < x {
                low = next;
            } else {
                high = next;
            }
            if at_next >= at_second || second == x {
                (third, second) = (second, next);
                (at_third, at_second) = (at_second, at_next);
            } else if at_next >= at_third || third == x || third == second {
                (third, at_third) = (next, at_next);
            }
        }
    }
    (x, at_x)
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
