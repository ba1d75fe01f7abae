//! Two channels to one.

/// How long the power of the channels is averaged, in seconds.
const AVERAGE_S: f32 = 0.05;

/// The mean has less than this share of the louder channel's power where the channels cancel each other. A voice in one
/// channel alone leaves a quarter, two unlike channels of the same level a half.
const CANCELLED: f32 = 0.05;

/// The mean is taken again above this share.
const RESTORED: f32 = 0.15;

/// Makes one channel of two: their mean, or the louder one as long as the mean cancels.
///
/// Microphones that were wired with the poles exchanged give channels of opposite phase, whose mean is silence. Only the
/// samples so far decide, so that the output does not depend on how they are cut into blocks.
#[derive(Debug, Default)]
pub struct Mono {
    /// Average power of the left and the right channel and of their mean.
    power: [f32; 3],
    cancels: bool,
}

impl Mono {
    /// Returns the mono samples of interleaved pairs. `rate_hz` is the number of pairs per second.
    pub fn mix(&mut self, samples: impl Iterator<Item = f32>, rate_hz: u32) -> Vec<f32> {
        let step = 1.0 / (AVERAGE_S * rate_hz.max(1000) as f32);
        let mut samples = samples;
        let mut out = Vec::with_capacity(samples.size_hint().0 / 2);
        while let (Some(left), Some(right)) = (samples.next(), samples.next()) {
            out.push(self.next(left, right, step));
        }
        out
    }

    fn next(&mut self, left: f32, right: f32, step: f32) -> f32 {
        let mean = (left + right) * 0.5;
        for (power, sample) in self.power.iter_mut().zip([left, right, mean]) {
            let squared = sample * sample;
            // A sample that is no number must not stay in the average.
            if squared.is_finite() {
                *power += (squared - *power) * step;
            }
        }
        let [of_left, of_right, of_mean] = self.power;
        let louder = of_left.max(of_right);
        self.cancels = of_mean < louder * if self.cancels { RESTORED } else { CANCELLED };
        match (self.cancels, of_left >= of_right) {
            (false, _) => mean,
            (true, true) => left,
            (true, false) => right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(n: usize) -> f32 {
        (n as f32 * 0.05).sin() * 0.5
    }

    fn mixed(right: impl Fn(usize) -> f32) -> Vec<f32> {
        Mono::default().mix((0..48_000).flat_map(|n| [tone(n), right(n)]), 48_000)
    }

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn channels_of_opposite_phase_sound_as_one_of_them() {
        let plain = rms(&(0..48_000).map(tone).collect::<Vec<_>>());
        assert!((rms(&mixed(|n| -tone(n))) / plain - 1.0).abs() < 0.01);
        assert!((rms(&mixed(|n| -0.8 * tone(n))) / plain - 1.0).abs() < 0.01, "one is a little softer");
    }

    #[test]
    fn alike_unlike_and_lone_channels_are_averaged() {
        let exact = |right: &dyn Fn(usize) -> f32| {
            let out = mixed(right);
            (0..48_000).all(|n| out[n] == (tone(n) + right(n)) * 0.5)
        };
        assert!(exact(&tone), "the same in both");
        assert!(exact(&|_| 0.0), "one is silent");
        assert!(exact(&|n| (n as f32 * 0.083).sin() * 0.5), "another voice in each");
    }

    #[test]
    fn how_samples_are_cut_into_blocks_changes_nothing() {
        let pairs: Vec<f32> = (0..20_000).flat_map(|n| [tone(n), -tone(n + n / 5000)]).collect();
        let whole = Mono::default().mix(pairs.iter().copied(), 44_100);
        let mut mono = Mono::default();
        let parts: Vec<f32> = pairs.chunks(74).flat_map(|part| mono.mix(part.iter().copied(), 44_100)).collect();
        assert_eq!(whole, parts);
    }

    #[test]
    fn samples_that_are_no_numbers_do_not_stay() {
        let bad = [f32::NAN, f32::INFINITY, f32::MAX, f32::NEG_INFINITY];
        let mut mono = Mono::default();
        mono.mix(bad.into_iter(), 48_000);
        let after = mono.mix((0..48_000).flat_map(|n| [tone(n), -tone(n)]), 48_000);
        assert!(rms(&after[24_000..]) > 0.3);
    }
}
