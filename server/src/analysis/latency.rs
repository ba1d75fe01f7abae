//! How long a decoder takes: from a unit's going in to its coming out.

use coach_core::MediaTime;
use metrics::Histogram;
use std::collections::VecDeque;
use std::time::Instant;

/// The most units that are remembered. A decoder holds fewer; units that never come out must not gather.
const MOST: usize = 256;

/// Measures one decoder of a live session. A file's decoder waits for its reader, which says nothing about the machine.
#[derive(Debug)]
pub struct Latency {
    /// Looked up once, because each unit is recorded.
    seconds: Histogram,
    waiting: VecDeque<(MediaTime, Instant)>,
}

impl Latency {
    /// Returns a measure that records under this label of the histogram, `video` or `audio`.
    pub fn new(what: &'static str) -> Latency {
        Latency { seconds: metrics::histogram!("coach_decode_seconds", "what" => what), waiting: VecDeque::new() }
    }

    /// Notes that the unit stamped `t` goes in.
    pub fn pushed(&mut self, t: MediaTime) {
        if self.waiting.len() == MOST {
            self.waiting.pop_front();
        }
        self.waiting.push_back((t, Instant::now()));
    }

    /// Forgets what went in up to `t` and came out unrecorded.
    pub fn forget(&mut self, t: MediaTime) {
        while self.waiting.front().is_some_and(|&(of, _)| of <= t) {
            self.waiting.pop_front();
        }
    }

    /// Records that what is stamped `t` has come out. What went in before it and did not come out is forgotten.
    pub fn came(&mut self, t: MediaTime) {
        while let Some(&(of, at)) = self.waiting.front()
            && of <= t
        {
            self.waiting.pop_front();
            if of == t {
                self.seconds.record(at.elapsed());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_never_come_out_do_not_gather() {
        let mut latency = Latency::new("video");
        (0..1000).for_each(|t| latency.pushed(MediaTime(t)));
        assert_eq!(latency.waiting.len(), MOST);
        latency.came(MediaTime(990));
        assert_eq!(latency.waiting.len(), 9);
    }
}
