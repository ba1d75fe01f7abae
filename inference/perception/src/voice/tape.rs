//! The last few seconds of a stream as one slice, addressed by sample numbers that never restart.

/// A tape of samples; those before the first are silence. Memory is allocated once; pushing sometimes moves the kept
/// part.
pub struct Tape {
    samples: Vec<f32>,
    /// The number of the first sample held.
    first: i64,
    keep: usize,
}

impl Tape {
    /// Creates a tape that keeps at least the last `keep` samples, with `lead` silent ones before the first.
    pub fn new(keep: usize, lead: usize) -> Tape {
        let mut samples = Vec::with_capacity(2 * keep.max(lead));
        samples.resize(lead, 0.0);
        Tape { samples, first: -(lead as i64), keep: keep.max(lead) }
    }

    pub fn push(&mut self, block: &[f32]) {
        for part in block.chunks(self.keep) {
            if self.samples.len() + part.len() > self.samples.capacity() {
                let drop = self.samples.len() - self.keep.min(self.samples.len());
                self.samples.copy_within(drop.., 0);
                self.samples.truncate(self.samples.len() - drop);
                self.first += drop as i64;
            }
            self.samples.extend_from_slice(part);
        }
    }

    /// Returns everything held, and the number of its first sample.
    pub fn held(&self) -> (&[f32], i64) {
        (&self.samples, self.first)
    }

    /// Returns the index of sample `number` in [`Tape::held`], clamped to what is held.
    pub fn index(&self, number: i64) -> usize {
        (number - self.first).clamp(0, self.samples.len() as i64) as usize
    }

    /// Returns the samples from `start` up to, but not including, `end`, as far as they are held.
    pub fn span(&self, start: i64, end: i64) -> &[f32] {
        let (from, to) = (self.index(start), self.index(end));
        &self.samples[from..to.max(from)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_samples_stay_readable_in_the_same_room() {
        let mut tape = Tape::new(100, 10);
        let room = tape.samples.capacity();
        for i in 0..1000 {
            tape.push(&[i as f32; 7]);
        }
        assert_eq!(tape.samples.capacity(), room);
        assert_eq!(tape.span(6993, 7000), &[999.0; 7]);
        assert_eq!(tape.span(6901, 6902).len(), 1);
        assert_eq!(tape.span(0, 5).len(), 0);
    }
}
