//! Percentiles of levels over a sliding stretch of time, in constant time and memory.

/// The width of a bin, dB.
const STEP_DB: f64 = 0.5;
const LOWEST_DB: f64 = -120.0;
const BINS: usize = 320;

/// The last `length` levels, in dB from -120 to 40.
pub struct Histogram {
    ring: Vec<u16>,
    next: usize,
    filled: usize,
    bins: [u32; BINS],
}

impl Histogram {
    pub fn new(length: usize) -> Histogram {
        Histogram { ring: vec![0; length.max(1)], next: 0, filled: 0, bins: [0; BINS] }
    }

    pub fn push(&mut self, db: f64) {
        let bin = ((db - LOWEST_DB) / STEP_DB).clamp(0.0, (BINS - 1) as f64) as u16;
        if self.filled == self.ring.len() {
            self.bins[usize::from(self.ring[self.next])] -= 1;
        } else {
            self.filled += 1;
        }
        self.ring[self.next] = bin;
        self.bins[usize::from(bin)] += 1;
        self.next = (self.next + 1) % self.ring.len();
    }

    /// Returns the number of levels it holds, at most its length.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Returns the level below which `share` (0 to 1) of the levels lie. `None`: it holds none.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let rank = ((self.filled as f64 * share).floor() as u32).min((self.filled as u32).checked_sub(1)?);
        let mut seen = 0;
        for (bin, &count) in self.bins.iter().enumerate() {
            seen += count;
            if seen > rank {
                return Some(LOWEST_DB + (bin as f64 + 0.5) * STEP_DB);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_knows_the_last_levels_only() {
        let mut histogram = Histogram::new(100);
        assert_eq!(histogram.percentile(0.5), None);
        for _ in 0..500 {
            histogram.push(-80.0);
        }
        for i in 0..100 {
            histogram.push(f64::from(i) - 100.0);
        }
        assert_eq!(histogram.len(), 100);
        let median = histogram.percentile(0.5).expect("levels");
        assert!((median + 50.0).abs() <= 0.5, "{median}");
        assert!((histogram.percentile(0.0).expect("levels") + 100.0).abs() <= 0.5);
        histogram.push(f64::NEG_INFINITY);
        histogram.push(f64::NAN);
    }
}
