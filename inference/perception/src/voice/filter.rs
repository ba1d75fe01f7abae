//! Butterworth filters as chains of second-order sections (bilinear transform, direct form II transposed).

use std::f64::consts::PI;

#[derive(Debug, Clone, Copy)]
struct Section {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

/// A chain of at most four sections.
#[derive(Debug, Clone)]
pub struct Filter {
    sections: Vec<Section>,
}

impl Filter {
    /// Returns a high-pass of even `order`, 3 dB down at `hz`.
    pub fn high_pass(order: usize, hz: f64, rate_hz: f64) -> Filter {
        Filter::chain(order, hz, rate_hz, |_| [1.0, -2.0, 1.0])
    }

    /// Returns a low-pass of even `order`, 3 dB down at `hz`.
    pub fn low_pass(order: usize, hz: f64, rate_hz: f64) -> Filter {
        Filter::chain(order, hz, rate_hz, |k| [1.0, 2.0, 1.0].map(|b| b * k * k))
    }

    /// Returns a band-pass: a high-pass and a low-pass of even `order` each.
    pub fn band_pass(order: usize, low_hz: f64, high_hz: f64, rate_hz: f64) -> Filter {
        let mut filter = Filter::high_pass(order, low_hz, rate_hz);
        filter.sections.extend(Filter::low_pass(order, high_hz, rate_hz).sections);
        filter
    }

    fn chain(order: usize, hz: f64, rate_hz: f64, numerator: impl Fn(f64) -> [f64; 3]) -> Filter {
        let k = (PI * hz / rate_hz).tan();
        let sections = (0..order / 2)
            .map(|i| {
                // The poles of the analogue filter lie on a circle; a pair of them makes a section of this damping.
                let damping = 2.0 * (PI * (2 * i + 1) as f64 / (2 * order) as f64).sin();
                let norm = 1.0 / (1.0 + damping * k + k * k);
                Section {
                    b: numerator(k).map(|b| b * norm),
                    a: [2.0 * (k * k - 1.0) * norm, (1.0 - damping * k + k * k) * norm],
                    state: [0.0; 2],
                }
            })
            .collect();
        Filter { sections }
    }

    /// Takes the next input sample and returns the next output sample.
    pub fn next(&mut self, x: f64) -> f64 {
        let mut x = x;
        for section in &mut self.sections {
            let y = section.b[0] * x + section.state[0];
            section.state[0] = section.b[1] * x - section.a[0] * y + section.state[1];
            section.state[1] = section.b[2] * x - section.a[1] * y;
            x = y;
        }
        x
    }

    /// Sets values that are too small to matter to zero, before they become denormal and slow.
    pub fn calm(&mut self) {
        for state in self.sections.iter_mut().flat_map(|section| &mut section.state) {
            if state.abs() < 1e-30 {
                *state = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain_db(mut filter: Filter, hz: f64) -> f64 {
        let (mut input, mut output) = (0.0, 0.0);
        for i in 0..32_000 {
            let x = (2.0 * PI * hz * f64::from(i) / 16_000.0).sin();
            let y = filter.next(x);
            if i >= 16_000 {
                input += x * x;
                output += y * y;
            }
        }
        10.0 * (output / input).log10()
    }

    #[test]
    fn the_edge_is_three_decibels_down_and_the_slope_is_the_orders() {
        assert!((gain_db(Filter::high_pass(4, 60.0, 16e3), 60.0) + 3.01).abs() < 0.02);
        assert!((gain_db(Filter::high_pass(4, 60.0, 16e3), 30.0) + 24.1).abs() < 0.2);
        assert!(gain_db(Filter::high_pass(4, 60.0, 16e3), 200.0).abs() < 0.01);
        assert!((gain_db(Filter::low_pass(2, 1000.0, 16e3), 1000.0) + 3.01).abs() < 0.02);
        assert!(gain_db(Filter::band_pass(4, 400.0, 2200.0, 16e3), 940.0).abs() < 0.1);
        assert!(gain_db(Filter::band_pass(4, 400.0, 2200.0, 16e3), 100.0) < -45.0);
    }
}
