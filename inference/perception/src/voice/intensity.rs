//! Intensity as Praat windows it ("To Intensity: 100, 0.01, yes"), in dB re 2e-5 for samples of ±1.

/// The lowest pitch that must not appear as ripple, Hz.
const LOWEST_HZ: f64 = 100.0;
/// The level of silence, dB: a number that JSON can carry.
pub const SILENCE_DB: f64 = -300.0;

/// The window for one sampling rate.
pub struct Meter {
    half: usize,
    window: Vec<f64>,
}

impl Meter {
    pub fn new(rate_hz: f64) -> Meter {
        let half_duration = 0.5 * Self::window_seconds();
        let half = (half_duration * rate_hz).floor() as usize;
        let shape = 2.0 * std::f64::consts::PI.powi(2) + 0.5;
        let window = (0..=2 * half)
            .map(|i| {
                let x = (i as f64 - half as f64) / rate_hz / half_duration;
                bessel_i0(shape * (1.0 - x * x).max(0.0).sqrt())
            })
            .collect();
        Meter { half, window }
    }

    /// Returns the length of the window, seconds: 6.4 periods of the lowest pitch.
    pub fn window_seconds() -> f64 {
        6.4 / LOWEST_HZ
    }

    /// Returns how many samples are needed on each side of the middle one.
    pub fn reach(&self) -> usize {
        self.half
    }

    /// Returns the level in dB around `samples[middle]`. Near an edge it is taken of the samples that exist.
    pub fn measure(&self, samples: &[f32], middle: usize) -> f64 {
        let from = middle.saturating_sub(self.half);
        let to = (middle + self.half + 1).min(samples.len());
        if from >= to {
            return SILENCE_DB;
        }
        let (samples, window) = (&samples[from..to], &self.window[from + self.half - middle..]);
        let mean = samples.iter().map(|&x| f64::from(x)).sum::<f64>() / samples.len() as f64;
        let (mut energy, mut weight) = (0.0, 0.0);
        for (&x, w) in samples.iter().zip(window) {
            let x = f64::from(x) - mean;
            energy += x * x * w;
            weight += w;
        }
        let power = energy / weight / 4e-10;
        if power < 1e-30 { SILENCE_DB } else { 10.0 * power.log10() }
    }
}

/// Returns the modified Bessel function of the first kind, order 0, by its power series (arguments here stay below 21).
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..200 {
        term *= quarter / f64::from(k * k);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_has_ninety_one_decibels() {
        let sine: Vec<f32> = (0..8000).map(|i| (i as f32 * 0.3).sin()).collect();
        // RMS 1/sqrt(2) over 2e-5.
        assert!((Meter::new(16000.0).measure(&sine, 4000) - 90.97).abs() < 0.02);
    }

    #[test]
    fn silence_and_a_constant_are_a_number() {
        assert_eq!(Meter::new(16000.0).measure(&[0.0; 2000], 1000), SILENCE_DB);
        assert_eq!(Meter::new(16000.0).measure(&[0.5; 2000], 1000), SILENCE_DB);
        assert_eq!(Meter::new(16000.0).measure(&[], 0), SILENCE_DB);
    }
}
