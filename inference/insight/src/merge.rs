//! Merges the lines of all streams into journal order, up to the time for which all of them are complete.
//!
//! The output and its order depend on the lines alone: neither on how the streams were interleaved nor on how late their lines came
//! (invariant 7). Nothing waits for wall time; a stream that makes no progress holds the others back until it ends.

use crate::timeline::LONGEST;
use coach_core::MediaTime;
use coach_core::journal::{Line, Stream};
use std::collections::BTreeMap;

/// Counts of refused lines by reason. Zero in every sound session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refused {
    /// Lines from before the time up to which their stream was declared complete.
    pub late: u64,
    /// A number that is not finite, a stamp outside 0 to 12 h, a second header, hops that are not 10 ms.
    pub unsound: u64,
}

#[derive(Debug)]
pub(crate) struct Merge {
    waiting: BTreeMap<(MediaTime, u8, i64), Vec<Line>>,
    known: [MediaTime; 5],
    released: MediaTime,
    horizon: MediaTime,
    extent: MediaTime,
    pub refused: Refused,
}

fn index(stream: Stream) -> usize {
    match stream {
        Stream::Face => 0,
        Stream::Voice => 1,
        Stream::Marks => 2,
        Stream::Words => 3,
        Stream::Other => 4,
    }
}

impl Merge {
    pub fn new() -> Merge {
        Merge {
            waiting: BTreeMap::new(),
            known: [MediaTime(i64::MIN); 5],
            released: MediaTime(i64::MIN),
            horizon: MediaTime::ZERO,
            extent: MediaTime::ZERO,
            refused: Refused::default(),
        }
    }

    pub fn observe(&mut self, line: Line) {
        let Some(stream) = line.stream() else {
            self.refused.unsound += 1;
            return;
        };
        if !crate::sound::is_sound(&line) {
            self.refused.unsound += 1;
            return;
        }
        if line.t() < self.known[index(stream)].max(self.released) {
            self.refused.late += 1;
            return;
        }
        self.horizon = self.horizon.max(line.t());
        self.extent = self.extent.max(extent(&line));
        let peers = self.waiting.entry(line.order()).or_default();
        peers.push(line);
        if peers.len() > 1 {
            // Two lines that the order cannot tell apart: their text can, so that arrival does not decide.
            peers.sort_by_cached_key(|x| serde_json::to_string(x).unwrap_or_default());
        }
    }

    pub fn advance(&mut self, stream: Stream, t: MediaTime) {
        let known = &mut self.known[index(stream)];
        *known = (*known).max(t);
    }

    /// Returns the time before which every stream is complete.
    pub fn watermark(&self) -> MediaTime {
        self.known.into_iter().min().unwrap_or(MediaTime(i64::MIN))
    }

    /// Returns the end of what the accepted lines tell about: the end of the session.
    pub fn extent(&self) -> MediaTime {
        self.extent
    }

    /// Returns the time of the last accepted line.
    pub fn horizon(&self) -> MediaTime {
        self.horizon
    }

    /// Returns the next line before the watermark, in order.
    pub fn next(&mut self) -> Option<Line> {
        let watermark = self.watermark();
        self.released = self.released.max(watermark);
        let mut first = self.waiting.first_entry()?;
        if first.key().0 >= watermark {
            return None;
        }
        let line = first.get_mut().remove(0);
        if first.get().is_empty() {
            first.remove();
        }
        Some(line)
    }

    /// Returns the time of the next line, whether it is before the watermark or not.
    pub fn peek(&self) -> Option<MediaTime> {
        self.waiting.first_key_value().map(|(key, _)| key.0)
    }
}

/// The end of what a line tells about. When it was known may be a little after the last sound.
fn extent(line: &Line) -> MediaTime {
    match line {
        Line::Voice(x) => x.t + 100,
        Line::Gap(x) => x.end.min(LONGEST),
        Line::VoicedRun(x) => x.end.min(x.t),
        Line::Nucleus(x) => x.at.min(x.t),
        Line::Hesitation(x) => x.end.min(x.t),
        Line::Phrase(x) => x.end.min(x.t),
        // The session is the candidate's.
        Line::Other(_) => MediaTime::ZERO,
        other => other.t(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::journal::Nucleus;

    fn nucleus(t: i64) -> Line {
        Line::Nucleus(Nucleus { t: MediaTime(t), at: MediaTime(t - 5) })
    }

    #[test]
    fn a_stream_that_has_not_spoken_holds_the_others_back() {
        let mut merge = Merge::new();
        merge.observe(nucleus(10));
        for stream in [Stream::Voice, Stream::Marks, Stream::Words, Stream::Other] {
            merge.advance(stream, MediaTime(100));
        }
        assert!(merge.next().is_none());
        merge.advance(Stream::Face, MediaTime(10));
        assert!(merge.next().is_none(), "the face may still say something at 10 ms");
        merge.advance(Stream::Face, MediaTime(11));
        assert_eq!(merge.next(), Some(nucleus(10)));
    }

    #[test]
    fn a_line_behind_its_own_stream_is_refused_and_counted() {
        let mut merge = Merge::new();
        merge.advance(Stream::Voice, MediaTime(100));
        merge.observe(nucleus(99));
        merge.observe(nucleus(i64::MAX));
        assert_eq!(merge.refused, Refused { late: 1, unsound: 1 });
    }
}
