//! The One-Euro filter over all landmarks, with MediaPipe's constants (Casiez, Roussel, Vogel: "1 Euro Filter", CHI 2012).
//!
//! The filter runs on pixel values. Only the speed is scaled by the size of the face, so that a small face is not
//! smoothed more.

use std::f64::consts::TAU;

const MIN_CUTOFF_HZ: f64 = 0.05;
const BETA: f64 = 80.0;
const SPEED_CUTOFF_HZ: f64 = 1.0;
const FIRST_RATE_HZ: f64 = 30.0;

/// The state of one followed face. Coordinates are f64, as in MediaPipe.
pub struct OneEuro {
    rate_hz: f64,
    last_ms: Option<i64>,
    raw: Vec<f64>,
    smooth: Vec<f64>,
    speed: Vec<f64>,
}

impl OneEuro {
    /// Creates a filter for up to `numbers` coordinates.
    pub fn new(numbers: usize) -> OneEuro {
        let zeros = || vec![0.0; numbers];
        OneEuro { rate_hz: FIRST_RATE_HZ, last_ms: None, raw: zeros(), smooth: zeros(), speed: zeros() }
    }

    /// Forgets everything: the next values pass unchanged.
    pub fn reset(&mut self) {
        self.last_ms = None;
        self.rate_hz = FIRST_RATE_HZ;
    }

    /// Smooths `values` in place. `face_px` is the mean of the face's width and height, pixels.
    ///
    /// Between resets the number of values stays the same. Values whose stamp is not later than the last one stay
    /// unchanged.
    pub fn apply(&mut self, t_ms: i64, values: &mut [f64], face_px: f64) {
        let Some(last_ms) = self.last_ms else {
            self.raw[..values.len()].copy_from_slice(values);
            self.smooth[..values.len()].copy_from_slice(values);
            self.speed.fill(0.0);
            self.last_ms = Some(t_ms);
            return;
        };
        if last_ms >= t_ms {
            return;
        }
        // MediaPipe treats a stamp of 0 as missing and keeps its rate.
        if last_ms != 0 && t_ms != 0 {
            self.rate_hz = 1000.0 / (t_ms - last_ms) as f64;
        }
        self.last_ms = Some(t_ms);
        let speed_weight = weight(self.rate_hz, SPEED_CUTOFF_HZ);
        let scale = self.rate_hz / face_px;
        let state = self.raw.iter_mut().zip(&mut self.smooth).zip(&mut self.speed);
        for (value, ((raw, smooth), speed)) in values.iter_mut().zip(state) {
            *speed = speed_weight * ((*value - *raw) * scale) + (1.0 - speed_weight) * *speed;
            let w = weight(self.rate_hz, MIN_CUTOFF_HZ + BETA * speed.abs());
            *raw = *value;
            *smooth = w * *value + (1.0 - w) * *smooth;
            *value = *smooth;
        }
    }
}

/// Returns the weight of the new value in a first-order low-pass: 1 / (1 + rate / (2 pi cutoff)).
fn weight(rate_hz: f64, cutoff_hz: f64) -> f64 {
    1.0 / (1.0 + rate_hz / (TAU * cutoff_hz))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_point_stays_and_a_jump_is_followed_more_than_jitter() {
        let mut filter = OneEuro::new(1);
        let mut smoothed = |t: i64, x: f64| {
            let mut v = [x];
            filter.apply(t, &mut v, 100.0);
            v[0]
        };
        assert_eq!(smoothed(33, 50.0), 50.0);
        assert_eq!(smoothed(66, 50.0), 50.0);
        let jitter = smoothed(100, 50.1) - 50.0;
        assert!(jitter > 0.0 && jitter < 0.05, "half of a tenth of a pixel is swallowed: {jitter}");
        let jump = smoothed(133, 90.0) - 50.0;
        assert!(jump > 30.0, "a jump of 40 pixels is mostly followed at once: {jump}");
    }

    #[test]
    fn a_stamp_that_does_not_advance_changes_nothing() {
        let mut filter = OneEuro::new(1);
        filter.apply(10, &mut [1.0], 100.0);
        let mut v = [7.0];
        filter.apply(10, &mut v, 100.0);
        assert_eq!(v, [7.0]);
    }
}
