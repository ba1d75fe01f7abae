//! Cuts speech at pauses, by the voice activity detector's probability of each 32 ms. Windows go in, spans come out.

/// The number of samples in a window at 16 kHz: 32 ms.
pub const WINDOW: i64 = 512;
/// The probability from which a window begins a segment.
const ON: f32 = 0.5;
/// The probability from which a window continues a segment.
pub const OFF: f32 = 0.35;
/// The number of windows below [`OFF`] that end a segment: 0.8 s.
const CLOSE: i64 = 25;
/// The number of windows at which a segment is cut: 20 s. Longer ones are recognized worse, and take memory with the
/// square of their length.
const LONGEST: i64 = 625;
/// The fewest windows of speech in a segment: 0.2 s.
const LEAST: i64 = 7;
/// The samples before and after the speech that belong to the segment: 0.3 s.
pub const PAD: i64 = 4_800;
/// The longest segment, samples.
pub const LONGEST_SAMPLES: usize = (LONGEST * WINDOW + 2 * PAD) as usize;

/// A segment, in samples of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub start: i64,
    pub end: i64,
    /// The first sample after the window in which the segment was known.
    pub known: i64,
}

/// Finds the segments of one stream. A segment is known 0.8 s after its speech ended, or when it is 20 s long.
#[derive(Debug, Default)]
pub struct Segmenter {
    /// The number of windows so far.
    heard: i64,
    open: Option<Open>,
    /// The end of the last segment, samples: the padding of the next one does not reach back over it.
    before: i64,
}

#[derive(Debug)]
struct Open {
    /// The first window, and the one after the last with speech.
    first: i64,
    end: i64,
    /// The segment begins at a cut and has no padding there.
    cut: bool,
    /// The probabilities since `first`.
    probabilities: Vec<f32>,
}

impl Segmenter {
    /// Takes the next window. Returns the segment that it completes, if any.
    pub fn push(&mut self, probability: f32) -> Option<Span> {
        let window = self.heard;
        self.heard += 1;
        let Some(open) = &mut self.open else {
            if probability >= ON {
                let probabilities = Vec::with_capacity(LONGEST as usize + 1);
                let open = Open { first: window, end: window + 1, cut: false, probabilities };
                self.open.insert(open).probabilities.push(probability);
            }
            return None;
        };
        open.probabilities.push(probability);
        if probability >= OFF {
            open.end = window + 1;
        }
        if window + 1 - open.end >= CLOSE {
            let open = self.open.take()?;
            let end = open.end * WINDOW + PAD;
            return self.span(&open, end);
        }
        let length = window + 1 - open.first;
        if length >= LONGEST {
            return self.cut(length);
        }
        None
    }

    /// Cuts the open segment at the lowest probability of its last third.
    fn cut(&mut self, length: i64) -> Option<Span> {
        let mut open = self.open.take()?;
        let from = (length * 2 / 3) as usize;
        let lowest = (from..open.probabilities.len())
            .min_by(|&a, &b| open.probabilities[a].total_cmp(&open.probabilities[b]))
            .unwrap_or(from);
        let at = open.first + lowest as i64;
        let rest = open.probabilities.split_off(lowest);
        let span = self.span(&open, at * WINDOW);
        self.before = at * WINDOW;
        // The rest begins at once as a new segment; silence after the cut ends it like any other.
        self.open = Some(Open { first: at, end: open.end.max(at), cut: true, probabilities: rest });
        span
    }

    /// Ends the stream of `samples`. Returns the segment that was open.
    pub fn finish(&mut self, samples: i64) -> Option<Span> {
        let open = self.open.take()?;
        let end = (open.end * WINDOW + PAD).min(samples);
        self.span(&open, end)
    }

    fn span(&mut self, open: &Open, end: i64) -> Option<Span> {
        if open.end - open.first < LEAST {
            return None;
        }
        let start = if open.cut { open.first * WINDOW } else { open.first * WINDOW - PAD };
        let start = start.max(self.before).max(0);
        self.before = end;
        Some(Span { start, end, known: self.heard * WINDOW })
    }

    /// Returns the first sample that a segment may still need.
    pub fn needed_from(&self) -> i64 {
        let start = match &self.open {
            Some(open) if open.cut => open.first * WINDOW,
            Some(open) => open.first * WINDOW - PAD,
            None => self.heard * WINDOW - PAD,
        };
        start.max(self.before).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows as (probability, how many), at the end of the stream too.
    fn segments(windows: &[(f32, usize)]) -> Vec<Span> {
        let mut segmenter = Segmenter::default();
        let all: Vec<f32> = windows.iter().flat_map(|&(p, n)| vec![p; n]).collect();
        let mut found = Vec::new();
        for &p in &all {
            let needed = segmenter.needed_from();
            let span = segmenter.push(p);
            assert!(span.is_none_or(|span| span.start >= needed), "what was needed was said before");
            found.extend(span);
        }
        found.extend(segmenter.finish(all.len() as i64 * WINDOW));
        found
    }

    #[test]
    fn a_segment_is_speech_between_two_pauses_with_a_third_of_a_second_around_it() {
        let found = segments(&[(0.0, 50), (0.9, 30), (0.1, 60)]);
        assert_eq!(found, [Span { start: 50 * 512 - 4800, end: 80 * 512 + 4800, known: 105 * 512 }]);
    }

    #[test]
    fn a_short_pause_does_not_close_a_segment_and_a_click_is_none() {
        assert_eq!(segments(&[(0.9, 30), (0.1, 24), (0.9, 30), (0.1, 25)]).len(), 1);
        assert_eq!(segments(&[(0.9, 30), (0.1, 25), (0.9, 30), (0.1, 25)]).len(), 2);
        assert_eq!(segments(&[(0.9, 6), (0.1, 40)]), []);
    }

    #[test]
    fn a_long_segment_is_cut_at_the_weakest_place_of_its_last_third_and_nothing_is_lost() {
        let found = segments(&[(0.9, 500), (0.4, 1), (0.9, 500), (0.0, 30)]);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].start, found[0].end), (0, 500 * 512));
        assert_eq!((found[1].start, found[1].end), (500 * 512, 1001 * 512 + 4800));
        let endless = segments(&[(0.9, 10_000)]);
        assert!(endless.iter().all(|s| s.end - s.start <= LONGEST_SAMPLES as i64));
        assert!(endless.windows(2).all(|pair| pair[0].end == pair[1].start), "{endless:?}");
        assert_eq!(endless.last().map(|s| s.end), Some(10_000 * 512));
    }

    #[test]
    fn the_end_of_the_stream_closes_what_is_open() {
        assert_eq!(segments(&[(0.9, 20)]), [Span { start: 0, end: 20 * 512, known: 20 * 512 }]);
        assert_eq!(segments(&[]), []);
        assert_eq!(segments(&[(f32::NAN, 100)]), []);
    }
}
