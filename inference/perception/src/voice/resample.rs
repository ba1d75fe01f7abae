//! Resamples from any rate between 8 and 192 kHz to 16 kHz, in step with the sample clock whatever the sizes of the
//! blocks.

use super::RATE_HZ;
use rubato::{FftFixedInOut, Resampler as _};

/// Collects input until a chunk is full, and gives out samples at 16 kHz without the delay of the filter.
///
/// A chunk is 10 ms at 48 kHz and up to 80 ms at the other usual rates. Rates without a small common ratio with 16 kHz
/// (which no device has) take chunks of up to 2 s: the result is as exact, only later.
pub struct Resampler {
    /// `None`: the input has the rate already.
    fft: Option<Box<FftFixedInOut<f32>>>,
    rate_hz: u32,
    input: [Vec<f32>; 1],
    output: [Vec<f32>; 1],
    /// Output that is still to be dropped, samples: the delay of the filter.
    lead: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// Creates a resampler. `None`: the rate is outside of 8 to 192 kHz.
    pub fn new(rate_hz: u32) -> Option<Resampler> {
        if !(8_000..=192_000).contains(&rate_hz) {
            return None;
        }
        let fft = if rate_hz == RATE_HZ {
            None
        } else {
            let (mut divisor, mut rest) = (rate_hz, RATE_HZ);
            while rest != 0 {
                (divisor, rest) = (rest, divisor % rest);
            }
            // About 10 ms, and an even number, so that the filter's middle lies on a sample.
            let ratio = (rate_hz / divisor) as usize;
            let smallest = if ratio.is_multiple_of(2) { ratio } else { 2 * ratio };
            let chunk = (rate_hz as usize / 100).div_ceil(smallest) * smallest;
            Some(Box::new(FftFixedInOut::new(rate_hz as usize, RATE_HZ as usize, chunk, 1).ok()?))
        };
        let sizes = fft.as_ref().map(|fft| (fft.input_frames_max(), fft.output_frames_max(), fft.output_delay()));
        let (chunk, most, lead) = sizes.unwrap_or_default();
        let (input, output) = ([Vec::with_capacity(chunk)], [vec![0.0; most]]);
        Some(Resampler { fft, rate_hz, input, output, lead, taken: 0, given: 0 })
    }

    /// Returns how many samples were taken.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    pub fn push(&mut self, mut block: &[f32], out: &mut impl FnMut(&[f32])) {
        self.taken += block.len() as u64;
        let Some(fft) = &mut self.fft else {
            self.given += block.len() as u64;
            return out(block);
        };
        let chunk = fft.input_frames_max();
        while !block.is_empty() {
            let (now, later) = block.split_at(block.len().min(chunk - self.input[0].len()));
            self.input[0].extend_from_slice(now);
            block = later;
            if self.input[0].len() == chunk {
                // It refuses only sizes other than those it asked for.
                let done = fft.process_into_buffer(&self.input, &mut self.output, None);
                let written = done.map_or(0, |(_, written)| written);
                self.input[0].clear();
                let skip = self.lead.min(written);
                self.lead -= skip;
                self.given += (written - skip) as u64;
                out(&self.output[0][skip..written]);
            }
        }
    }

    /// Ends the stream and gives out the rest, so that as much time comes out as went in (rounded up to a sample).
    pub fn finish(&mut self, out: &mut impl FnMut(&[f32])) {
        let (taken, mut given) = (self.taken, self.given);
        let due = (taken * u64::from(RATE_HZ)).div_ceil(u64::from(self.rate_hz));
        while given < due {
            self.push(&[0.0; 480], &mut |block: &[f32]| {
                let part = block.len().min((due - given) as usize);
                given += part as u64;
                out(&block[..part]);
            });
        }
        (self.taken, self.given) = (taken, given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resample(rate_hz: u32, input: &[f32]) -> Vec<f32> {
        let mut resampler = Resampler::new(rate_hz).expect("a rate in range");
        let mut output = Vec::new();
        for block in input.chunks(777) {
            resampler.push(block, &mut |block| output.extend_from_slice(block));
        }
        resampler.finish(&mut |block| output.extend_from_slice(block));
        output
    }

    #[test]
    fn a_tone_stays_where_it_is_at_every_rate() {
        for rate_hz in [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, 12_345, 47_999]
        {
            let tone = |i: usize, rate: u32| (2.0 * std::f64::consts::PI * 440.0 * i as f64 / f64::from(rate)).sin();
            let input: Vec<f32> = (0..rate_hz as usize).map(|i| tone(i, rate_hz) as f32).collect();
            let output = resample(rate_hz, &input);
            assert_eq!(output.len(), 16_000, "{rate_hz}");
            let worst = (2_000..14_000).map(|i| (f64::from(output[i]) - tone(i, 16_000)).abs()).fold(0.0, f64::max);
            println!("{rate_hz} Hz: worst error {worst:.5}");
            // 0.017 is a tenth of a sample at 16 kHz.
            assert!(worst < 0.017, "{rate_hz}: {worst}");
        }
    }

    #[test]
    fn what_would_alias_is_removed() {
        let input: Vec<f32> = (0..48_000)
            .map(|i| (2.0 * std::f64::consts::PI * 11_000.0 * f64::from(i) / 48_000.0).sin() as f32)
            .collect();
        let loudest = resample(48_000, &input)[1_000..15_000].iter().fold(0.0, |top: f32, x| top.max(x.abs()));
        println!("11 kHz at 48 kHz: {:.1} dB are left", 20.0 * loudest.log10());
        assert!(loudest < 1e-3, "{loudest}");
    }

    #[test]
    fn rates_out_of_range_are_refused() {
        assert!(Resampler::new(7_999).is_none() && Resampler::new(192_001).is_none());
    }
}
