//! Limits how many messages a page may send, with a token bucket.

use std::time::Instant;

/// A token bucket: `per_second` tokens are added each second, and it holds at most twice as many.
#[derive(Debug, Clone)]
pub struct Bucket {
    per_second: f64,
    tokens: f64,
    last: Instant,
}

impl Bucket {
    /// Returns a full bucket.
    pub fn new(per_second: u32, now: Instant) -> Bucket {
        let per_second = f64::from(per_second);
        Bucket { per_second, tokens: 2.0 * per_second, last: now }
    }

    /// Takes a token. Returns false when there is none.
    pub fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.last).as_secs_f64();
        self.last = now;
        self.tokens = (self.tokens + passed * self.per_second).min(2.0 * self.per_second);
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_of_two_seconds_passes_and_then_only_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10, start);
        assert_eq!((0..100).filter(|_| bucket.take(start)).count(), 20);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..100).filter(|_| bucket.take(later)).count(), 10);
    }
}
