//! The stretches without samples: silence is put in their place, and it is no evidence.

use super::{HOP, RATE_HZ};
use std::collections::VecDeque;

/// Measures keep this far from a gap, samples: 100 ms.
const MARGIN: i64 = RATE_HZ as i64 / 10;
/// The most gaps that are remembered; the oldest are forgotten first.
const HELD: usize = 256;
/// The longest gap that is bridged for levels, samples: 100 ms.
const SHORT: i64 = RATE_HZ as i64 / 10;

/// The gaps of the last seconds, in samples at 16 kHz.
pub struct Gaps {
    held: VecDeque<(i64, i64)>,
}

impl Gaps {
    pub fn new() -> Gaps {
        Gaps { held: VecDeque::with_capacity(HELD + 1) }
    }

    pub fn add(&mut self, start: i64, end: i64) {
        if let Some(last) = self.held.back_mut().filter(|last| start <= last.1) {
            last.1 = last.1.max(end);
            return;
        }
        if self.held.len() == HELD {
            self.held.pop_front();
        }
        self.held.push_back((start, end));
    }

    /// Forgets gaps that ended long before `hop`.
    pub fn forget_before(&mut self, hop: i64) {
        while self.held.front().is_some_and(|gap| gap.1 + 2 * MARGIN < hop * HOP as i64) {
            self.held.pop_front();
        }
    }

    /// Returns the length class of the gap that holds the middle of `hop`. `None`: there is none.
    pub fn within(&self, hop: i64) -> Option<Length> {
        let centre = hop * HOP as i64 + HOP as i64 / 2;
        let gap = self.held.iter().find(|gap| (gap.0..gap.1).contains(&centre))?;
        Some(if gap.1 - gap.0 <= SHORT { Length::Short } else { Length::Long })
    }

    /// Returns whether `hop` lies in a gap or within 100 ms of one.
    pub fn near(&self, hop: i64) -> bool {
        let (start, end) = (hop * HOP as i64, (hop + 1) * HOP as i64);
        self.held.iter().any(|gap| start < gap.1 + MARGIN && gap.0 - MARGIN < end)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Short,
    Long,
}
