//! Jitter and shimmer: how much periods and their amplitudes differ from one to the next, by Praat's definitions.
//!
//! The settings are Praat's usual ones: periods from 0.1 to 20 ms, neighbours that differ by at most a factor of 1.3 in
//! length and 1.6 in amplitude.

const SHORTEST: f64 = 1e-4;
const LONGEST: f64 = 0.02;
const PERIOD_FACTOR: f64 = 1.3;
const AMPLITUDE_FACTOR: f64 = 1.6;

/// Jitter of a series of pulses. A measure is `None` where there are too few usable periods.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Jitter {
    /// Ratios (0.01 = 1 %).
    pub local: Option<f64>,
    /// Seconds.
    pub local_absolute: Option<f64>,
    pub rap: Option<f64>,
    pub ppq5: Option<f64>,
    pub ddp: Option<f64>,
}

/// Shimmer of a series of pulses.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shimmer {
    /// Ratios.
    pub local: Option<f64>,
    /// dB.
    pub local_db: Option<f64>,
    pub apq3: Option<f64>,
    pub apq5: Option<f64>,
    pub apq11: Option<f64>,
}

fn usable(period: f64) -> bool {
    (SHORTEST..=LONGEST).contains(&period)
}

fn factor(a: f64, b: f64) -> f64 {
    (a / b).max(b / a)
}

/// Returns the jitter of `pulses` (seconds, in order). `periods` is a scratch buffer.
pub fn jitter(pulses: &[f64], periods: &mut Vec<f64>) -> Jitter {
    periods.clear();
    periods.extend(pulses.windows(2).map(|pair| pair[1] - pair[0]));
    let Some(mean) = mean_period(periods) else { return Jitter::default() };
    let mut usable_periods = periods.len();
    let mut sum = 0.0;
    for pair in periods.windows(2) {
        if usable(pair[0]) && usable(pair[1]) && factor(pair[0], pair[1]) <= PERIOD_FACTOR {
            sum += (pair[0] - pair[1]).abs();
        } else {
            usable_periods -= 1;
        }
    }
    let absolute = (usable_periods >= 2).then(|| sum / (usable_periods - 1) as f64);
    let rap = quotient(periods, 3).map(|rap| rap / mean);
    Jitter {
        local: absolute.map(|absolute| absolute / mean),
        local_absolute: absolute,
        rap,
        ppq5: quotient(periods, 5).map(|ppq5| ppq5 / mean),
        ddp: rap.map(|rap| 3.0 * rap),
    }
}

fn mean_period(periods: &[f64]) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for (i, &period) in periods.iter().enumerate() {
        let lonely = i > 0
            && i + 1 < periods.len()
            && factor(periods[i - 1], period) > PERIOD_FACTOR
            && factor(periods[i + 1], period) > PERIOD_FACTOR;
        if usable(period) && !lonely {
            sum += period;
            count += 1;
        }
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// Returns the mean distance of a period from the mean of the `width` periods around it.
fn quotient(periods: &[f64], width: usize) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for window in periods.windows(width) {
        let even = window.windows(2).all(|pair| factor(pair[0], pair[1]) <= PERIOD_FACTOR);
        if even && window.iter().all(|&period| usable(period)) {
            sum += (window[width / 2] - window.iter().sum::<f64>() / width as f64).abs();
            count += 1;
        }
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// A pulse with the amplitude of the two periods beside it.
#[derive(Debug, Clone, Copy)]
pub struct Amplitude {
    t: f64,
    size: f64,
}

/// Returns the shimmer of `pulses` in `samples` at `rate_hz` (sample `i` at `(i + 0.5) / rate_hz`). `amplitudes` is a
/// scratch buffer.
pub fn shimmer(pulses: &[f64], samples: &[f32], rate_hz: f64, amplitudes: &mut Vec<Amplitude>) -> Shimmer {
    amplitudes.clear();
    for triple in pulses.windows(3) {
        let (before, after) = (triple[1] - triple[0], triple[2] - triple[1]);
        if usable(before) && usable(after) && factor(before, after) <= PERIOD_FACTOR {
            let size = size(samples, rate_hz, triple[1], 0.2 * before, 0.2 * after);
            amplitudes.extend(size.map(|size| Amplitude { t: triple[1], size }));
        }
    }
    // Praat's mean leaves out the last amplitude.
    let Some((_, all_but_last)) = amplitudes.split_last() else { return Shimmer::default() };
    if all_but_last.is_empty() {
        return Shimmer::default();
    }
    let mean = all_but_last.iter().map(|a| a.size).sum::<f64>() / all_but_last.len() as f64;
    if mean <= 0.0 {
        return Shimmer::default();
    }
    let even = |a: &Amplitude, b: &Amplitude| usable(b.t - a.t) && factor(a.size, b.size) <= AMPLITUDE_FACTOR;
    let (mut local, mut decibels, mut count) = (0.0, 0.0, 0);
    for pair in amplitudes.windows(2).filter(|pair| even(&pair[0], &pair[1])) {
        local += (pair[0].size - pair[1].size).abs();
        decibels += (pair[0].size / pair[1].size).log10().abs();
        count += 1;
    }
    let quotient = |width: usize| {
        let (mut sum, mut count) = (0.0, 0);
        for window in amplitudes.windows(width) {
            if window.windows(2).all(|pair| even(&pair[0], &pair[1])) {
                let average = window.iter().map(|a| a.size).sum::<f64>() / width as f64;
                sum += (window[width / 2].size - average).abs();
                count += 1;
            }
        }
        (count > 0).then(|| sum / f64::from(count) / mean)
    };
    Shimmer {
        local: (count > 0).then(|| local / f64::from(count) / mean),
        local_db: (count > 0).then(|| 20.0 * decibels / f64::from(count)),
        apq3: quotient(3),
        apq5: quotient(5),
        apq11: quotient(11),
    }
}

/// Returns the root mean square around `t` under a Hann window that reaches `left` and `right` seconds. `None`: it has
/// under 3 samples.
fn size(samples: &[f32], rate_hz: f64, t: f64, left: f64, right: f64) -> Option<f64> {
    let place = |t: f64| t * rate_hz - 0.5;
    let first = (place(t - left) - 1e-9).ceil().max(0.0) as usize;
    let last = (place(t + right) + 1e-9).floor();
    if last < 0.0 {
        return None;
    }
    let last = (last as usize).min(samples.len().checked_sub(1)?);
    if last < first + 2 {
        return None;
    }
    let (mut energy, mut weight) = (0.0, 0.0);
    for (i, &x) in samples.iter().enumerate().take(last + 1).skip(first) {
        let from = (i as f64 + 0.5) / rate_hz - t;
        let reach = if from < 0.0 { left } else { right };
        let w = 0.5 + 0.5 * (std::f64::consts::PI * from / reach).cos();
        let x = f64::from(x) * w;
        energy += x * x;
        weight += w * w;
    }
    Some((energy / weight).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternating_periods_have_the_jitter_that_can_be_worked_out_by_hand() {
        let mut pulses = vec![0.0];
        for i in 0..40 {
            let period = if i % 2 == 0 { 0.0101 } else { 0.0099 };
            pulses.push(pulses[i] + period);
        }
        let jitter = jitter(&pulses, &mut Vec::new());
        let close = |a: Option<f64>, b: f64| (a.expect("a value") / b - 1.0).abs() < 1e-6;
        assert!(close(jitter.local, 0.02) && close(jitter.local_absolute, 0.0002));
        // |0.0101 - (0.0099 + 0.0101 + 0.0099) / 3| = 0.4 / 3 ms.
        assert!(close(jitter.rap, 0.02 * 2.0 / 3.0) && close(jitter.ddp, 0.04));
        // |0.0101 - (3 × 0.0101 + 2 × 0.0099) / 5| = 0.08 ms, and as much for the other kind.
        assert!(close(jitter.ppq5, 0.008), "{jitter:?}");
    }

    #[test]
    fn too_few_pulses_give_no_value_and_no_panic() {
        for n in 0..4 {
            let pulses: Vec<f64> = (0..n).map(|i| f64::from(i) * 0.01).collect();
            assert_eq!(jitter(&pulses, &mut Vec::new()).ppq5, None);
            assert_eq!(shimmer(&pulses, &[0.1; 10], 16e3, &mut Vec::new()).apq3, None);
        }
    }
}
